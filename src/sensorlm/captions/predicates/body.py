"""What people say of skin, breath, sugar and light over a day: rows of predicate and wordings."""

from sensorlm.captions.predicates.base import EVENING, MORNING, NIGHT, Predicate, ask, says

BODY: tuple[Predicate, ...] = (
    says("warm_skin", ask("mean", "wrist_temperatures", 33.4, margin=0.5), weight=2, words="""
        warm skin all day
        skin temperature was on the high side
        the wrist stayed warm
        a warm-skinned day
        high skin temperature overall"""),
    says("cool_skin", ask("mean", "wrist_temperatures", high=30.5, margin=0.5), weight=2, words="""
        cool skin all day
        skin temperature was on the low side
        the wrist stayed cool
        a cold-handed day
        low skin temperature overall"""),
    says("warm_night_skin", ask("mean", "wrist_temperatures", 34.2, at=NIGHT, margin=0.5), weight=2, words="""
        warm skin at night
        the wrist was hot under the blanket
        skin temperature was high overnight
        warm hands while the night went on
        the skin ran warm in the small hours"""),
    says("cool_night_skin", ask("mean", "wrist_temperatures", high=31, at=NIGHT, margin=0.5), weight=2, words="""
        cool skin at night
        the wrist was cold even in bed
        skin temperature was low overnight
        cold hands while the night went on
        the skin ran cool in the small hours"""),
    says("aroused_skin", ask("mean", "eda_level_real", 7, margin=1.5), weight=2, words="""
        high skin conductance all day
        sweaty, aroused skin
        the skin showed a lot of arousal
        a tense day by skin conductance
        strong electrodermal activity"""),
    says("calm_skin", ask("mean", "eda_level_real", high=1, margin=0.5), weight=2, words="""
        low skin conductance all day
        dry, calm skin
        the skin showed little arousal
        a relaxed day by skin conductance
        weak electrodermal activity"""),
    says("aroused_evening", ask("mean", "eda_level_real", 8, at=EVENING, margin=1.5), weight=2, words="""
        tense in the evening by skin conductance
        the skin was aroused after work
        skin conductance ran high in the evening
        a sweaty evening
        strong skin response in the evening hours"""),
    says("oxygen_dips", ask("min", "spo2", high=88, margin=2), weight=2, words="""
        blood oxygen dipped low
        oxygen saturation fell at some point
        there were dips in blood oxygen
        the oxygen reading dropped
        low oxygen readings turned up"""),
    says("oxygen_fine", ask("min", "spo2", 93, margin=2), words="""
        blood oxygen never dipped
        oxygen saturation stayed high throughout
        no dips in blood oxygen
        the oxygen reading held up all along
        only good oxygen readings"""),
    says("oxygen_low_night", ask("mean", "spo2", high=93, at=NIGHT, margin=1), weight=3, words="""
        blood oxygen was low at night
        oxygen saturation sank during the night
        low oxygen while the night went on
        a night short of oxygen
        the oxygen reading was poor overnight"""),
    says("sugar_high", ask("max", "glucose", 13.9, margin=1), weight=2, words="""
        blood sugar ran high
        glucose spiked
        a high glucose reading turned up
        sugar went up a lot
        there was a high in glucose"""),
    says("sugar_low", ask("min", "glucose", high=3.9, margin=0.4), weight=3, words="""
        blood sugar went too low
        glucose dropped into a low
        a low glucose reading turned up
        sugar fell too far
        there was a hypo"""),
    says("sugar_in_range", ask("min", "glucose", 4, margin=0.4), ask("max", "glucose", high=10, margin=1), weight=2,
         words="""
        blood sugar stayed in range
        glucose was well controlled
        neither highs nor lows in glucose
        sugar kept steady
        good glucose all day"""),
    says("bright_day", ask("minutes_above", "white_light", 90, over=1000, margin=30), weight=2, words="""
        a lot of bright light
        plenty of daylight
        spent time outdoors in daylight
        out in the sun for a good while
        a bright day"""),
    says("dim_day", ask("minutes_above", "white_light", high=5, over=1000, margin=15), words="""
        hardly any bright light
        no daylight to speak of
        stayed indoors all day
        never out in the sun for long
        a dim day"""),
    says("light_at_night", ask("minutes_above", "white_light", 30, at=NIGHT, over=20, margin=15), weight=2, words="""
        the lights were on at night
        lamps or screens lit the small hours
        light during the night
        a bright night indoors
        the night was not dark"""),
    says("dark_night", ask("minutes_above", "white_light", high=2, at=NIGHT, over=20, margin=10), words="""
        the lights were off at night
        no lamp or screen lit the small hours
        darkness during the night
        a properly dark night
        the night was pitch dark"""),
    says("stressful", ask("mean", "stress_level", 45, margin=5), weight=2, words="""
        a stressful day by the watch
        high stress readings
        the device saw a lot of stress
        stress stayed high
        tension all day long"""),
    says("unstressed", ask("mean", "stress_level", high=22, margin=4), weight=2, words="""
        a stress-free day by the watch
        low stress readings
        the device saw little stress
        stress stayed low
        at ease all day long"""),
)  # fmt: skip

MORE_BODY: tuple[Predicate, ...] = (
    says("calm_night_skin", ask("mean", "eda_level_real", high=0.8, at=NIGHT, margin=0.5), weight=1.5, words="""
        low skin conductance at night
        the skin was dry and calm overnight"""),
    says("aroused_morning", ask("mean", "eda_level_real", 8, at=MORNING, margin=1.5), weight=2.5, words="""
        high skin conductance in the morning
        the skin was aroused before noon"""),
    says("calm_evening_skin", ask("mean", "eda_level_real", high=1.2, at=EVENING, margin=0.6), weight=1.5, words="""
        low skin conductance in the evening
        the skin was dry and calm after work"""),
    says("skin_arousal_rose", ask("change", "eda_level_real", 3, at=(480, 1260), over=240, margin=1.5), weight=2.5,
         words="""
        skin conductance rose from morning to evening
        the skin was more aroused in the evening than in the morning"""),
    says("skin_arousal_fell", ask("change", "eda_level_real", high=-1.5, at=(480, 1260), over=240, margin=1),
         weight=2.5, words="""
        skin conductance fell from morning to evening
        the skin was more aroused in the morning than in the evening"""),
    says("skin_cooler_by_day", ask("change", "wrist_temperatures", high=-1.5, at=(0, 840), over=300, margin=0.6),
         weight=2, words="""
        skin temperature was lower by day than at night
        the wrist cooled down after getting up"""),
    says("skin_warmer_by_day", ask("change", "wrist_temperatures", 0.5, at=(0, 840), over=300, margin=0.4), weight=2.5,
         words="""
        skin temperature was higher by day than at night
        the wrist warmed up after getting up"""),
    says("skin_warmth_swings", ask("std", "wrist_temperatures", 2, margin=0.3), weight=2, words="""
        skin temperature swung widely over the day
        the wrist went from warm to cold and back"""),
    says("skin_warmth_steady", ask("std", "wrist_temperatures", high=0.8, margin=0.2), weight=2, words="""
        skin temperature hardly varied over the day
        the wrist kept one temperature"""),
    says("oxygen_high", ask("mean", "spo2", 96.5, margin=0.6), words="""
        high blood oxygen on average
        oxygen saturation was very good overall"""),
    says("oxygen_lowish", ask("mean", "spo2", high=94.6, margin=0.6), weight=2.5, words="""
        low blood oxygen on average
        oxygen saturation was rather poor overall"""),
    says("oxygen_fine_night", ask("mean", "spo2", 95.5, at=NIGHT, margin=0.7), words="""
        high blood oxygen at night
        oxygen saturation was very good overnight"""),
)  # fmt: skip
