"""The rows of a model of patients, as its tables have them."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from phantom.records import Record

Share = Annotated[float, Field(ge=0, le=1)]
Sex = Literal["any", "female", "male"]
# Several entries of one cell.
_parted = BeforeValidator(lambda cell: [part.strip() for part in cell.split(";")])
Several = Annotated[tuple[str, ...], _parted]
OLDEST = 120


class Row(Record):
    """A row of any table. source (str): Where its figures are from.

    note (str): For people.
    """

    source: str = Field(min_length=1)
    note: str = ""


class Group(Row):
    """People of one sex, or any, within an age range, in years, ends included."""

    sex: Sex = "any"
    age_from: int = Field(default=0, ge=0)
    age_to: int = Field(default=OLDEST, le=OLDEST)

    def holds(self, sex: str, age: int) -> bool:
        """Whether a person is one of them."""
        return self.sex in ("any", sex) and self.age_from <= age <= self.age_to

    def meets(self, other: "Group") -> bool:
        """Whether somebody could be in both."""
        same = "any" in (self.sex, other.sex) or self.sex == other.sex
        return same and self.age_from <= other.age_to and other.age_from <= self.age_to


class People(Group):
    """share (float): Of those who come, relative to the other rows."""

    share: float = Field(ge=0)


class Prevalence(Group):
    """How many of a group have a disease; nobody has it outside of its rows.

    forms (Tuple[str, ...]): Further names; id (str): In a terminology.
    """

    disease: str
    id: str = ""
    forms: Several = ()
    share: Share


class Comorbidity(Row):
    """ratio (float): How many times as likely either is in those with the other."""

    disease: str
    beside: str
    ratio: float = Field(gt=0)


class Finding(Row):
    """sensitivity (float): Share of those with the disease who show it."""

    disease: str
    finding: str
    id: str = ""
    sensitivity: Share


class Treatment(Row):
    """response (float): Share of those treated whom it helps."""

    disease: str
    drug: str
    response: Share


class Drug(Row):
    """How a drug is given to adults; without a unit its doses are not known.

    lowest (float): The least that is given at once; highest (float): the most a day.
    single (Tuple[float, ...]): Usual doses, in `unit`.
    often (Tuple[str, ...]): How they are given, as written.
    """

    drug: str
    id: str = ""
    forms: Several = ()
    unit: str = ""
    lowest: float = Field(default=0, ge=0)
    single: Annotated[tuple[float, ...], _parted] = ()
    often: Several = ()
    highest: float = Field(default=0, ge=0)


class SideEffect(Row):
    """share (float): Of those treated who have it."""

    drug: str
    effect: str
    id: str = ""
    share: Share


class Contraindication(Group):
    """Who is not given a drug: those of the group, with the disease if there is one."""

    drug: str
    disease: str = ""
