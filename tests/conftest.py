"""No test fails because a machine is slow or busy: hypothesis would after 0.2 seconds."""

from hypothesis import settings

settings.register_profile("course", deadline=None)
settings.load_profile("course")
