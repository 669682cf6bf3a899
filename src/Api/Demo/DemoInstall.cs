using System.Globalization;

namespace TelemetryKit.Api.Demo;

/// <summary>One generated user of the tool.</summary>
internal sealed record DemoInstall(
    string UserId, string Os, string OsVersion, string Arch, string Runtime, string Actor, double Activity, double UpdateLag)
{
    /// <summary>The coding agent or the CI system, if it is one.</summary>
    public string? ActorName { get; init; }

    /// <summary>The shell of a person.</summary>
    public string? Shell { get; init; }

    /// <summary>Whether scripts of the user still pass deprecated flags.</summary>
    public bool KeepsFlags { get; init; }

    private const int NewADay = 5;
    private const double MeanLifeDays = 45;
    private const int OldestDays = 200;

    private static readonly (string Os, string Version, string Arch, double Weight)[] Machines =
    [
        ("linux", "6.8", "x64", 34), ("linux", "6.8", "arm64", 6), ("macos", "15.4", "arm64", 30), ("macos", "14.7", "x64", 4),
        ("windows", "10.0.26100", "x64", 24), ("windows", "10.0.26100", "arm64", 2),
    ];

    private static readonly (string Runtime, double Weight)[] Runtimes = [("dotnet 10.0", 55), ("dotnet 9.0", 15), ("dotnet 8.0", 30)];

    private static readonly (string Actor, double Weight)[] Actors = [("human", 78), ("ci", 14), ("agent", 8)];

    private static readonly string[] Agents = ["claude-code", "cursor", "copilot"];

    private static readonly string[] CiSystems = ["github-actions", "gitlab-ci", "jenkins"];

    private static readonly string[] Shells = ["zsh", "bash", "fish"];

    /// <summary>Whether the user is a person. Their activity depends on the hour and the day of the week.</summary>
    public bool IsHuman => Actor == "human";

    /// <summary>Returns all users of the tool on a day. A few join each day, and each stays for a random time.</summary>
    public static IReadOnlyList<DemoInstall> On(DateOnly day)
    {
        var all = new List<DemoInstall>();
        for (var age = 0; age < OldestDays; age++)
        {
            for (var n = 0; n < NewADay; n++)
            {
                var joined = day.AddDays(-age);
                var random = DeterministicRandom.Of(string.Create(CultureInfo.InvariantCulture, $"install {joined:yyyy-MM-dd} {n}"));
                if (random.Exponential(MeanLifeDays) >= age)
                    all.Add(Make(string.Create(CultureInfo.InvariantCulture, $"anon_{joined:yyyyMMdd}_{n}"), random));
            }
        }

        return all;
    }

    private static DemoInstall Make(string userId, Random random)
    {
        var actor = random.Pick(Actors, a => a.Weight).Actor;
        // Build servers run on Linux and are always up to date. Some people never update.
        var machine = actor == "ci" ? Machines[0] : random.Pick(Machines, m => m.Weight);
        var lag = actor == "ci" ? 0 : random.Happens(0.08) ? 60 : random.LogNormal(3, 0.9);
        var runtime = random.Pick(Runtimes, r => r.Weight).Runtime;
        var activity = random.LogNormal(actor == "human" ? 1 : 2.5, 0.8);
        return new(userId, machine.Os, machine.Version, machine.Arch, runtime, actor, activity, lag)
        {
            ActorName = actor switch { "ci" => random.Pick(CiSystems, _ => 1), "agent" => random.Pick(Agents, _ => 1), _ => null },
            Shell = actor == "human" ? machine.Os == "windows" ? "pwsh" : random.Pick(Shells, _ => 1) : null,
            KeepsFlags = random.Happens(actor == "ci" ? 0.5 : 0.2),
        };
    }
}
