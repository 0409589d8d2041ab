"""What makes a notebook of the course more than cells: checked parameters, recorded results, and claims with evidence.

from helpers.notebook import check_parameters, record
"""

from helpers.notebook.claims import record
from helpers.notebook.running import check_parameters
