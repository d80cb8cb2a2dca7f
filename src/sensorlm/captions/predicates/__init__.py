"""Tables of what people say of days and stretches of days, each row with the facts that make it true.

Add a row to a table and it is said, labelled, parsed and tested like the others.
"""

from sensorlm.captions.predicates.activity import ACTIVITY
from sensorlm.captions.predicates.around_sleep import AROUND_WAKING
from sensorlm.captions.predicates.around_sleep_more import NIGHT_AND_BED
from sensorlm.captions.predicates.base import Predicate
from sensorlm.captions.predicates.bedtimes import BEDTIMES
from sensorlm.captions.predicates.body import BODY, MORE_BODY
from sensorlm.captions.predicates.body_kinds import BODY_KINDS
from sensorlm.captions.predicates.dayparts import DAYPARTS
from sensorlm.captions.predicates.heart import HEART
from sensorlm.captions.predicates.joint_kinds import JOINT_KINDS
from sensorlm.captions.predicates.joint_nights import JOINT_NIGHTS
from sensorlm.captions.predicates.mixed import MIXED
from sensorlm.captions.predicates.more_kinds import MORE_KINDS
from sensorlm.captions.predicates.more_sleep_kinds import MORE_SLEEP_KINDS
from sensorlm.captions.predicates.more_step_kinds import MORE_STEP_KINDS
from sensorlm.captions.predicates.moving import MOVING
from sensorlm.captions.predicates.nights import NIGHTS
from sensorlm.captions.predicates.pulse import PULSE
from sensorlm.captions.predicates.pulse_kinds import PULSE_KINDS
from sensorlm.captions.predicates.rhythm import RHYTHM
from sensorlm.captions.predicates.sleep import SLEEP_ROWS
from sensorlm.captions.predicates.sleep_kinds import SLEEP_KINDS
from sensorlm.captions.predicates.sleep_quality import SLEEP_QUALITY
from sensorlm.captions.predicates.sport import LOG_ROWS, SPORT_ROWS, SPORT_WINDOWS
from sensorlm.captions.predicates.step_kinds import STEP_KINDS
from sensorlm.captions.predicates.wear import MORE_WEAR, WEAR
from sensorlm.captions.predicates.wear_kinds import WEAR_KINDS
from sensorlm.captions.predicates.weighing import WEIGHING
from sensorlm.captions.predicates.weighing_more import WEIGHING_MORE
from sensorlm.captions.predicates.window_efforts import WINDOW_EFFORTS
from sensorlm.captions.predicates.window_kinds import WINDOW_KINDS
from sensorlm.captions.predicates.window_states import WINDOW_STATES
from sensorlm.captions.predicates.windows import WINDOW_ROWS

LONG_PREDICATES: tuple[Predicate, ...] = (*HEART, *ACTIVITY, *SLEEP_ROWS, *SPORT_ROWS, *WEAR, *BODY)
"""What long captions draw from: a caption of many sentences needs no finer grades."""
DAY_PREDICATES: tuple[Predicate, ...] = (
    *LONG_PREDICATES, *DAYPARTS, *MOVING, *LOG_ROWS, *NIGHTS, *BEDTIMES, *PULSE, *MORE_WEAR, *MORE_BODY,
    *MIXED, *PULSE_KINDS, *JOINT_KINDS, *JOINT_NIGHTS, *WEAR_KINDS, *RHYTHM, *BODY_KINDS, *SLEEP_KINDS,
    *SLEEP_QUALITY, *STEP_KINDS, *MORE_KINDS, *MORE_STEP_KINDS, *MORE_SLEEP_KINDS,
    *WEIGHING, *WEIGHING_MORE,
    *AROUND_WAKING, *NIGHT_AND_BED,
)  # fmt: skip
WINDOW_PREDICATES: tuple[Predicate, ...] = (
    *WINDOW_ROWS, *WINDOW_KINDS, *SPORT_WINDOWS, *WINDOW_EFFORTS, *WINDOW_STATES,
)  # fmt: skip
__all__ = ["DAY_PREDICATES", "LONG_PREDICATES", "WINDOW_PREDICATES", "Predicate"]
