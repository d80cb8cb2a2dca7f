"""What people say of any stretch of minutes, ten of them or some hours: rows of predicate and wordings."""

from sensorlm.captions.predicates.base import ANY, WINDOW, Predicate, ask, says
from sensorlm.captions.predicates.sport import NOT_SEATED
from sensorlm.records import Fact

NOT_STEPPING: Fact = ask("share_above", "steps", high=0.05, at=WINDOW, over=ANY, margin=0.1)

WINDOW_ROWS: tuple[Predicate, ...] = (
    says("asleep", ask("event_share", "event:sleep", 0.9, at=WINDOW, margin=0.5), weight=3, words="""
        asleep
        the person is sleeping
        sound asleep in bed
        sleeping
        this is sleep
        eyes shut, fast asleep"""),
    says("awake", ask("event_share", "event:sleep", high=0, at=WINDOW, margin=0.5), words="""
        awake
        the person is not sleeping
        wide awake
        up and awake
        this is not sleep
        eyes open, fully awake"""),
    says("restless", ask("event_share", "event:sleep:awake", 0.4, at=WINDOW, margin=0.2), weight=3, words="""
        lying awake in bed
        awake during the night's sleep
        tossing about, unable to sleep
        a wakeful stretch in bed
        sleep interrupted"""),
    says("walking", ask("share_above", "steps", 0.6, at=WINDOW, over=30, margin=0.2), weight=2.5, words="""
        walking
        the person is walking
        out on foot
        steadily taking steps
        on a walk"""),
    says("no_steps", NOT_STEPPING, words="""
        still
        not taking any steps
        the person is sitting or lying
        no walking here
        staying in one place"""),
    says("pottering", ask("mean", "steps", 4, 25, at=WINDOW, margin=4), NOT_SEATED, words="""
        pottering about
        a few steps now and then
        light moving around the house
        some slow, scattered steps
        up and down a little"""),
    says("running", ask("share_above", "steps", 0.6, at=WINDOW, over=130, margin=0.2), weight=4, words="""
        running
        the person is running
        jogging along
        steps at a runner's pace
        on a run"""),
    says("racing_heart", ask("mean", "HR", 110, at=WINDOW, margin=8), weight=2.5, words="""
        heart racing
        the heart is beating very fast
        a very high pulse
        pulse pounding
        heart rate way up"""),
    says("raised_heart", ask("mean", "HR", 90, 110, at=WINDOW, margin=5), words="""
        a raised pulse
        the heart is beating quicker than at rest
        heart rate somewhat up
        pulse on the high side
        a moderately fast heartbeat"""),
    says("usual_heart", ask("mean", "HR", 66, 84, at=WINDOW, margin=5), words="""
        an ordinary pulse
        the heart is beating at a usual pace
        heart rate neither high nor low
        a normal heartbeat
        pulse in the middle range"""),
    says("slow_heart", ask("mean", "HR", high=58, at=WINDOW, margin=4), weight=2, words="""
        a slow pulse
        the heart is beating very slowly
        heart rate way down
        pulse low and calm
        a resting heartbeat"""),
    says("heart_rising", ask("change", "HR", 10, at=WINDOW, margin=6), weight=2, words="""
        heart rate going up
        the pulse is climbing
        the heart is speeding up
        faster and faster heartbeat
        pulse on the rise"""),
    says("heart_falling", ask("change", "HR", high=-10, at=WINDOW, margin=6), weight=2, words="""
        heart rate going down
        the pulse is dropping
        the heart is slowing down
        slower and slower heartbeat
        pulse settling"""),
    says("heart_even", ask("std", "HR", high=3, at=WINDOW, margin=1.5), words="""
        a steady heart rate
        the pulse hardly changes
        an even heartbeat
        the heart keeps the same pace
        pulse flat and regular in pace"""),
    says("heart_uneven", ask("std", "HR", 12, at=WINDOW, margin=4), weight=1.5, words="""
        a heart rate that jumps around
        the pulse changes a lot
        a heartbeat with ups and downs
        the heart keeps changing pace
        pulse swinging widely"""),
    says("exercising", ask("mean", "HR", 112, at=WINDOW, margin=8), ask("mean", "steps", 40, at=WINDOW, margin=15),
         weight=3, words="""
        exercising
        working out on foot
        a hard effort with a high pulse and many steps
        training
        physically going all out"""),
    says("resting", ask("mean", "HR", high=72, at=WINDOW, margin=6), NOT_STEPPING, weight=1.5, words="""
        resting
        sitting or lying quietly with a calm heart
        at rest
        taking it easy, body still and pulse low
        relaxing"""),
    says("tense_still", ask("mean", "HR", 92, at=WINDOW, margin=6), NOT_STEPPING, weight=3, words="""
        heart beating fast while sitting still
        a high pulse without any walking
        worked up but not moving about
        pulse up, feet still
        heart going quickly in one place"""),
    says("awake_still", ask("event_share", "event:sleep", high=0, at=WINDOW, margin=0.5), NOT_STEPPING, weight=1.5,
         words="""
        awake but not moving about
        sitting still, not asleep
        wide awake in a chair
        no steps, yet not sleeping
        quietly sitting"""),
    says("moving_hard", ask("mean", "log_energy", 130, at=WINDOW, margin=20), weight=2, words="""
        moving energetically
        strong motion of the wrist
        lots of movement energy
        vigorous movement
        arms swinging hard"""),
    says("motionless", ask("mean", "log_energy", high=12, at=WINDOW, margin=10), weight=1.5, words="""
        motionless
        no motion of the wrist
        hardly any movement energy
        completely still
        not stirring at all"""),
    says("high_hrv", ask("mean", "rmssd0595", 85, at=WINDOW, margin=15), weight=2, words="""
        high heart rate variability
        a relaxed, varying heartbeat
        HRV is high here
        strong variation between beats
        beats unevenly spaced in a relaxed way"""),
    says("low_hrv", ask("mean", "rmssd0595", high=25, at=WINDOW, margin=10), weight=2, words="""
        low heart rate variability
        a strained, rigid heartbeat
        HRV is low here
        weak variation between beats
        beats evenly spaced under strain"""),
    says("high_eda", ask("mean", "eda_level_real", 8, at=WINDOW, margin=2), weight=2, words="""
        high skin conductance
        sweating or aroused
        strong skin response
        tense, with damp skin
        electrodermal arousal"""),
    says("low_eda", ask("mean", "eda_level_real", high=0.8, at=WINDOW, margin=0.5), weight=1.5, words="""
        low skin conductance
        neither sweating nor aroused
        weak skin response
        calm, with dry skin
        no electrodermal arousal"""),
    says("warm", ask("mean", "wrist_temperatures", 34.3, at=WINDOW, margin=0.5), weight=1.5, words="""
        warm skin
        skin temperature is high
        a hot wrist
        warm hands
        the skin is running warm"""),
    says("cool", ask("mean", "wrist_temperatures", high=30, at=WINDOW, margin=0.7), weight=1.5, words="""
        cool skin
        skin temperature is low
        a cold wrist
        cold hands
        the skin is running cool"""),
    says("deep_sleep", ask("share_above", "sleep_stage_deep", 0.8, at=WINDOW, over=ANY, margin=0.3), weight=3, words="""
        in deep sleep
        slow-wave sleep
        sleeping very deeply
        the deepest stage of sleep
        hard to wake, in deep sleep"""),
    says("rem_sleep", ask("share_above", "sleep_stage_rem", 0.8, at=WINDOW, over=ANY, margin=0.3), weight=3, words="""
        in REM sleep
        dreaming
        rapid eye movement sleep
        the dream stage of sleep
        asleep and dreaming"""),
    says("light_sleep", ask("share_above", "sleep_stage_light", 0.8, at=WINDOW, over=ANY, margin=0.3), weight=3,
         words="""
        in light sleep
        sleeping lightly
        a shallow sleep
        the light stage of sleep
        easily woken, in light sleep"""),
    says("oxygen_low", ask("mean", "spo2", high=91, at=WINDOW, margin=1.5), weight=2, words="""
        low blood oxygen
        oxygen saturation is down
        short of oxygen
        a poor oxygen reading
        the oxygen level is low"""),
    says("in_bright_light", ask("mean", "white_light", 1000, at=WINDOW, margin=400), weight=2, words="""
        in bright light
        outdoors in daylight
        out in the sun
        bright surroundings
        plenty of light"""),
    says("in_the_dark", ask("max", "white_light", high=1, at=WINDOW, margin=5), weight=1.5, words="""
        in the dark
        lights off
        pitch dark
        dark surroundings
        no light at all"""),
    says("sugar_up", ask("mean", "glucose", 13, at=WINDOW, margin=1), weight=2, words="""
        high blood sugar
        glucose is up
        sugar running high
        a high glucose stretch
        too much sugar in the blood"""),
    says("sugar_down", ask("mean", "glucose", high=4.2, at=WINDOW, margin=0.5), weight=2, words="""
        low blood sugar
        glucose is down
        sugar running low
        a low glucose stretch
        too little sugar in the blood"""),
)  # fmt: skip
