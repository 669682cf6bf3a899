using TelemetryKit.Core.Stats.Explore;

namespace TelemetryKit.Core.Stats.Deprecation;

/// <summary>The installs that were active and those that used something.</summary>
/// <param name="active">All events; by actor for the figures of actors.</param>
/// <param name="target">The events of the use, likewise.</param>
internal sealed class Use(EventTables active, EventTables target)
{
    /// <summary>Returns the sums of all actors except <c>ci</c> and <c>agent</c>.</summary>
    public static GroupTotals People(MergedGroups actors)
    {
        var people = new GroupTotals();
        foreach (var (key, totals) in actors.Groups)
        {
            if (key.First is not ("ci" or "agent"))
                people.Add(totals);
        }

        return people;
    }

    /// <summary>Returns the use in some days.</summary>
    public UseWindow Window(DateOnly from, DateOnly to) => Of(from, to, active.Sum(from, to), target.Sum(from, to));

    /// <summary>Returns the use in some days by other actors than <c>ci</c> and <c>agent</c>.</summary>
    public UseWindow WindowOfPeople(DateOnly from, DateOnly to) =>
        Of(from, to, People(active.Merge(from, to)), People(target.Merge(from, to)));

    /// <summary>Returns the use in some days by actor, most active installs first.</summary>
    public List<UseByActor> Actors(DateOnly from, DateOnly to)
    {
        var used = target.Merge(from, to).Groups;
        return
        [
            .. active.Merge(from, to).Groups.Select(group =>
            {
                var own = used.GetValueOrDefault(group.Key);
                return new UseByActor(
                    group.Key.Text, group.Value.Installs.Count, own?.Installs.Count ?? 0, own?.Events ?? 0, own?.LastSeen);
            }).OrderByDescending(actor => actor.ActiveInstalls).ThenBy(actor => actor.Actor, StringComparer.Ordinal),
        ];
    }

    private static UseWindow Of(DateOnly from, DateOnly to, GroupTotals all, GroupTotals used)
    {
        var (activeInstalls, installs) = (all.Installs.Count, used.Installs.Count);
        return new(from, to, activeInstalls, installs, activeInstalls == 0 ? null : Rounded.Rate((double)installs / activeInstalls));
    }
}
