"use strict";
// What a printed comparison says was chosen on the screen.
estatePaper(estatePair.maps, () => {
  const { chosen, data: { years, year } } = estatePair;
  const when = chosen.year === -Infinity ? "before they begin" : chosen.year === years[years.length - 1] ? "as a whole" : `by ${year(chosen.year)}`;
  return [years.length && `Shown: the plans ${when}`, chosen.service && `reach of ${chosen.service.name}`].filter(Boolean).join("; ");
});
