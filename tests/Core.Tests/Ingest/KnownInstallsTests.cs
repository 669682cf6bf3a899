using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Tests.Ingest;

public sealed class KnownInstallsTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly InstallScope Scope = new(Guid.CreateVersion7(), DataEnvironment.Live);

    [Fact]
    public void An_install_is_known_from_the_earliest_day_on_which_it_was_seen()
    {
        var known = new KnownInstalls();
        Assert.False(known.Covers(Scope, 0, 1, Day));
        known.Add(Scope, 0, 1, Day);
        Assert.True(known.Covers(Scope, 0, 1, Day));
        Assert.True(known.Covers(Scope, 0, 1, Day.AddDays(1)));
        Assert.False(known.Covers(Scope, 0, 1, Day.AddDays(-1)));
        Assert.False(known.Covers(Scope, 0, 2, Day));
        Assert.False(known.Covers(Scope with { Environment = DataEnvironment.Test }, 0, 1, Day));

        known.Add(Scope, 0, 1, Day.AddDays(-3));
        known.Add(Scope, 0, 1, Day);
        Assert.True(known.Covers(Scope, 0, 1, Day.AddDays(-3)));
    }

    [Fact]
    public void A_new_generation_forgets_the_installs_of_its_scope_only()
    {
        var known = new KnownInstalls();
        var other = Scope with { ProjectId = Guid.CreateVersion7() };
        known.Add(Scope, 0, 1, Day);
        known.Add(other, 0, 1, Day);
        known.Add(Scope, 1, 2, Day);

        Assert.Equal(1, known.GenerationOf(Scope));
        Assert.False(known.Covers(Scope, 0, 1, Day));
        Assert.False(known.Covers(Scope, 1, 1, Day));
        Assert.True(known.Covers(Scope, 1, 2, Day));
        Assert.True(known.Covers(other, 0, 1, Day));

        // A commit that read the former generation ends late.
        known.Add(Scope, 0, 3, Day);
        Assert.False(known.Covers(Scope, 1, 3, Day));
    }

    [Fact]
    public void The_least_recently_used_half_is_evicted()
    {
        var known = new KnownInstalls(capacity: 8);
        for (var install = 1; install <= 20; install++)
        {
            known.Add(Scope, 0, install, Day);
            Assert.True(known.Covers(Scope, 0, 1, Day), $"The install is in use and was evicted after {install} others.");
        }

        Assert.False(known.Covers(Scope, 0, 2, Day));
        Assert.True(known.Covers(Scope, 0, 20, Day));
    }
}
