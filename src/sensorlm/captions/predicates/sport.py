"""What people say of logged activities, over a day and while they go on: tables of labels and wordings, rows out.

A label is what logs write, in small letters; several of them with | between mean any of them.
"""

from sensorlm.captions.predicates.base import DAY, WINDOW, Predicate, ask, says

RUNS = "running|trail running|treadmill run|jogging"
WALKS = "walking|brisk walking|walking the dog"
RIDES = "cycling|cycling commute|spinning|biking"
CARDIO = "elliptical|treadmill run|rowing machine|spinning|swimming|aerobics|jump rope|dancing"
GYM = "weightlifting|strength training|crossfit|circuit training|yoga|pilates|stretching|boxing"
SPORTS = "tennis|football|basketball|badminton|volleyball|golf|rock climbing|skiing|skating"
ON_THE_MOVE = f"{WALKS}|running|trail running|jogging|hiking|climbing stairs|cycling|cycling commute|biking"
EXERCISE = "|".join(dict.fromkeys(
    f"{RUNS}|brisk walking|{RIDES}|hiking|{CARDIO}|{GYM}|{SPORTS}|workout|exercise|heavy activity".split("|")
))  # fmt: skip
DESK = "desk work|studying"
SCREEN = "watching tv|gaming|on the phone screen"
SITTING = f"{DESK}|{SCREEN}|reading|driving|public transport|eating|sitting"
HOUSE = "housework|cooking|gardening"
LIGHT = f"{HOUSE}|shopping|playing with children|standing work|light movement"
NOT_SEATED = ask("event_share", f"event:activity:{SITTING}", high=0.25, at=WINDOW, margin=0.35)
"""Counters at the hip or chest take a seated person's fidgeting for a few steps a minute; an activity log does not."""
WORK = "desk work|standing work|manual work"
TRAVEL = "driving|public transport|cycling commute"

# Name -> labels, then what is said of a day in which it was logged, then of minutes of it.
LOGGED: dict[str, tuple[str, str, str]] = {
    "running": (RUNS, "went running\na run was logged", "running, by the log\na logged run"),
    "walking": (WALKS, "went for a walk\na walk was logged", "walking, by the log\na logged walk"),
    "cycling": (RIDES, "went cycling\na bike ride was logged", "cycling\nriding a bike"),
    "swimming": ("swimming", "went swimming\na swim was logged", "swimming\nin the pool"),
    "strength_training": ("weightlifting|strength training", "lifted weights\na session with weights was logged",
                          "lifting weights\nat the gym with weights"),
    "yoga": ("yoga", "did yoga\na yoga session was logged", "doing yoga\non the yoga mat"),
    "hiking": ("hiking", "went hiking\na hike was logged", "hiking\non a hike in the hills"),
    "dog_walk": ("walking the dog", "walked the dog\na walk with the dog was logged",
                 "walking the dog\nout with the dog"),
    "brisk_walk": ("brisk walking", "went power walking\na brisk walk was logged",
                   "power walking\na logged brisk walk"),
    "stairs": ("climbing stairs", "climbed stairs for exercise\nstair climbing was logged",
               "climbing stairs\ngoing up the stairs"),
    "bike_commute": ("cycling commute", "cycled to work\na commute by bike was logged",
                     "cycling to work or back\non the bike commute"),
    "treadmill": ("treadmill run|elliptical", "used the treadmill or the cross trainer\na cardio machine was logged",
                  "on the treadmill or the cross trainer\nrunning on a machine"),
    "rowing": ("rowing machine", "rowed on the machine\na rowing session was logged",
               "on the rowing machine\nrowing indoors"),
    "spinning": ("spinning", "did a spin class\nindoor cycling was logged",
                 "in a spin class\npedalling on an indoor bike"),
    "aerobics": ("aerobics|dancing|jump rope", "did aerobics or danced\na class to music was logged",
                 "doing aerobics or dancing\nbouncing about to music"),
    "circuit": ("crossfit|circuit training|boxing", "did circuits, CrossFit or boxing\nan interval workout was logged",
                "doing circuits, CrossFit or boxing\nin the middle of an interval workout"),
    "pilates": ("pilates|stretching", "did pilates or stretched\nstretching was logged",
                "doing pilates or stretching\non the mat, stretching"),
    "racket": ("tennis|badminton", "played tennis or badminton\na racket game was logged",
               "playing tennis or badminton\na racket game going on"),
    "ball_game": ("football|basketball|volleyball", "played football, basketball or volleyball\na ball game was logged",
                  "playing football, basketball or volleyball\na team game going on"),
    "golf": ("golf", "played golf\na round of golf was logged", "playing golf\non the golf course"),
    "climbing": ("rock climbing", "went rock climbing\na climb was logged", "rock climbing\non the climbing wall"),
    "winter": ("skiing|skating", "went skiing or skating\na day on skis or skates was logged",
               "skiing or skating\non skis or skates"),
    "gardening": ("gardening", "worked in the garden\ngardening was logged", "gardening\nworking in the garden"),
    "housework": ("housework", "did housework\nhousework was logged", "doing housework\ncleaning the house"),
    "cooking": ("cooking", "cooked a meal\ncooking was logged", "cooking\nstanding in the kitchen cooking"),
    "shopping": ("shopping", "went shopping\na trip to the shops was logged", "shopping\ngoing round the shops"),
    "driving": ("driving", "drove a car\na drive was logged", "driving\nat the wheel of a car"),
    "transit": ("public transport", "took public transport\na bus or train ride was logged",
                "on public transport\nsitting on a bus or train"),
    "manual_work": ("manual work", "did manual work\na shift of physical work was logged",
                    "doing manual work\nworking with the hands"),
    "standing_work": ("standing work", "worked standing up\na shift on the feet was logged",
                      "working on their feet\nat work, standing"),
    "desk_work": ("desk work", "worked at a desk\ndesk work was logged", "working at a desk\ndesk work"),
    "studying": ("studying", "studied\ntime spent studying was logged", "studying\nsitting over books"),
    "childcare": ("playing with children", "played with children\ntime with the kids was logged",
                  "playing with children\nbusy with the kids"),
    "eating": ("eating", "ate a meal\na meal was logged", "eating\nhaving a meal"),
    "watching_tv": ("watching tv", "watched TV\ntelevision was logged", "watching TV\nin front of the television"),
    "reading": ("reading", "read for a while\nreading was logged", "reading\nsitting with a book"),
    "gaming": ("gaming", "played video games\ngaming was logged", "gaming\nplaying a video game"),
    "phone": ("on the phone screen", "spent time on the phone screen\nphone time was logged",
              "looking at the phone\nscrolling on the phone"),
    "socialising": ("socialising|party", "spent time with friends\na get-together was logged",
                    "socialising\nin company"),
    "party": ("party", "went to a party\na party was logged", "at a party\ncelebrating with others"),
    "meditation": ("meditation", "meditated\na meditation was logged", "meditating\nsitting in meditation"),
    "sauna": ("sauna", "went to the sauna\na sauna visit was logged", "in the sauna\nsweating in the sauna"),
    "gym": (GYM, "trained at a gym or on a mat\na gym session was logged", "at the gym or on a mat\na gym session"),
    "cardio": (CARDIO, "did cardio\na cardio session was logged", "doing cardio\na cardio session"),
    "team_or_outdoor_sport": (SPORTS, "played a sport\na sport was logged",
                              "playing a sport\na game or sport going on"),
    "screen": (SCREEN, "spent time in front of a screen for fun\nscreen time was logged",
               "in front of a screen\nscreen time"),
    "house": (HOUSE, "did chores at home\ncooking, cleaning or gardening was logged",
              "busy with chores at home\ncooking, cleaning or gardening"),
    "work": (WORK, "worked\nwork was logged", "at work\nworking"),
    "travel": (TRAVEL, "travelled to get somewhere\na ride was logged", "on the way somewhere\ntravelling"),
}  # fmt: skip
# Not asked of a day: everybody has it in their log.
EVERY_DAY = {"eating"}


SPORT_ROWS: tuple[Predicate, ...] = (
    says("exercised", ask("event_minutes", f"event:activity:{EXERCISE}", 25, margin=12), weight=2, words="""
        exercised today
        a day with real training in it
        sport was on the programme
        got a workout in
        spent good time being active on purpose"""),
    says("no_exercise", ask("event_minutes", f"event:activity:{EXERCISE}", high=0, at=DAY, margin=10), words="""
        no exercise today
        a rest day without sport
        no workout was logged
        skipped training
        nothing sporty in the log"""),
)  # fmt: skip

LOG_ROWS: tuple[Predicate, ...] = (
    *(
        says(f"did_{name}", ask("event_minutes", f"event:activity:{labels}", 10, margin=6), weight=1.2, words=said)
        for name, (labels, said, _) in LOGGED.items() if name not in EVERY_DAY
    ),
    says("no_walk_logged", ask("event_minutes", f"event:activity:{WALKS}|hiking", high=0, margin=6),
         words="no walk was logged\ndid not go for a walk"),
    says("no_work_logged", ask("event_minutes", f"event:activity:{WORK}|studying", high=0, margin=20),
         words="no work was logged\na day without work"),
    says("long_work", ask("event_minutes", f"event:activity:{WORK}", 420, margin=60),
         words="worked for seven hours or more\na full working day was logged"),
    says("long_desk", ask("event_minutes", f"event:activity:{DESK}", 330, margin=60), weight=1.5,
         words="hours and hours at a desk\nmore than five hours of desk work or study"),
    says("no_tv", ask("event_minutes", "event:activity:watching tv", high=0, margin=10),
         words="no television\nno TV was logged"),
    says("lots_of_screen", ask("event_minutes", f"event:activity:{SCREEN}", 150, margin=30), weight=1.5,
         words="hours of screen time for fun\nmore than two hours of TV, games or phone"),
    says("no_driving", ask("event_minutes", "event:activity:driving", high=0, margin=5),
         words="no driving\nleft the car at home"),
    says("long_driving", ask("event_minutes", "event:activity:driving", 90, margin=20), weight=2,
         words="hours in the car\nmore than an hour and a half of driving"),
)  # fmt: skip

SPORT_WINDOWS: tuple[Predicate, ...] = (
    *(
        says(f"doing_{name}", ask("event_share", f"event:activity:{labels}", 0.6, at=WINDOW, margin=0.4), weight=2.5,
             words=said)
        for name, (labels, _, said) in LOGGED.items()
    ),
    says("doing_exercise", ask("event_share", f"event:activity:{EXERCISE}", 0.5, at=WINDOW, margin=0.4), weight=3,
         words="doing sport\nan exercise session"),
    says("doing_locomotion", ask("event_share", f"event:activity:{ON_THE_MOVE}", 0.5, at=WINDOW, margin=0.4),
         weight=2, words="getting about under their own steam\non foot or on a bike"),
    says("doing_desk_or_study", ask("event_share", f"event:activity:{DESK}", 0.7, at=WINDOW, margin=0.4), weight=1.5,
         words="working or studying at a desk\nbent over a desk"),
    says("doing_sitting", ask("event_share", f"event:activity:{SITTING}", 0.8, at=WINDOW, margin=0.4), weight=1.5,
         words="sitting, by the log\na seated activity"),
    says("doing_light_movement", ask("event_share", f"event:activity:{LIGHT}", 0.6, at=WINDOW, margin=0.4), weight=2,
         words="light movement, by the log\nlight activity on the feet"),
    says("doing_seated_screen", ask("event_share", f"event:activity:{SCREEN}|desk work", 0.8, at=WINDOW, margin=0.4),
         weight=1.5, words="sitting at a screen, work or play\nlooking at a screen"),
    says("doing_meal", ask("event_minutes", "event:activity:eating", 12, at=WINDOW, margin=8), weight=1.5,
         words="a meal took place in these minutes\nstopped to eat"),
    says("no_meal", ask("event_minutes", "event:activity:eating", high=0, at=WINDOW, margin=5), weight=0.3,
         words="no meal in these minutes\nnot eating"),
    says("no_sport_now", ask("event_minutes", f"event:activity:{EXERCISE}", high=0, at=WINDOW, margin=5), weight=0.3,
         words="no sport going on\nnot exercising, by the log"),
)  # fmt: skip
