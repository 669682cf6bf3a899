namespace TelemetryKit.Counting.Tests.Histories;

/// <summary>The names that a history uses, the most frequent first.</summary>
internal sealed record NamePools(
    IReadOnlyList<string> Subjects,
    IReadOnlyList<string> Types,
    IReadOnlyList<string> Versions,
    IReadOnlyList<string> Users,
    IReadOnlyList<string> MetadataKeys,
    IReadOnlyList<string> MetadataValues,
    IReadOnlyList<Machine> Machines,
    IReadOnlyList<string> Sdks)
{
    private static readonly string[] Documented =
        ["command_executed", "feature_used", "method_called", "component_rendered", "error", "metric", "log"];

    private static readonly string[] Hostile =
    [
        "Build", "BUILD", "build ", " build", "büild", "bu\u0308ild", "构建", "🙂", "\u202Edliub", "null", "undefined", "true", "0", "-1",
        "NaN", "other", "total", "(none)", "(other)", "__proto__", "constructor", "select", "%", "%2F", "a/b", "a\\b", "'", "\"", "`",
        "<b>", "&amp;", "a+b", "a b", "\t", "{}", "[]", ",", "=", "meta.x", ".", "..", new string('x', 128), new string('é', 64),
        new string('é', 128), "ﬁle", "ſ", "K", "İstanbul", "\uFFFD", "\u200B",
    ];

    // The characters of an event type are letters, digits and _ . : -
    private static readonly string[] HostileTypes =
        ["Command_Executed", "ERROR", "a", "A", "x.y", "x:y", "x-y", "none", "other", "total", new string('t', 64)];

    // Those of releases, prereleases, builds, and of tools that don't follow semantic versioning exactly.
    private static readonly string[] Releases =
    [
        "1.2.0-beta.1", "1.2.0-beta.10", "1.2.0-beta.2", "1.2.0-beta", "1.2.0", "1.2.3", "1.2", "2.0.0", "2.0.0-rc.1", "2.0.0-rc.x",
        "v3.1.4", "1.2.3.4", "1.2.0+build.5", "1-alpha", "10.0.1", "next", "1.2.x",
    ];

    public static NamePools Of(Chooser choose, Traits traits)
    {
        var hostile = traits.HasFlag(Traits.HostileNames);
        var subjects = Numbered("c", traits.HasFlag(Traits.ManySubjects) ? 2_500 : choose.Between(1, 12));
        var versions = Numbered("1.", traits.HasFlag(Traits.ManyVersions) ? 1_300 : choose.Between(1, 8));
        if (traits.HasFlag(Traits.Releases))
            Mix(choose, versions, Releases);
        var users = Numbered("u", traits.HasFlag(Traits.ManyInstalls) ? 1_600 : choose.Between(1, 60));
        List<string> types = [.. Documented.Where(type => (type != "error" || traits.HasFlag(Traits.Errors)) && choose.Percent(70))];
        if (types.Count == 0 || choose.Percent(50))
            types.Insert(0, "command_executed");
        if (choose.Percent(40))
            types.Add("custom");
        if (hostile)
        {
            Mix(choose, subjects, Hostile);
            Mix(choose, versions, Hostile);
            // An HTTP client takes these two for relative paths, so such an install could not be erased.
            Mix(choose, users, Hostile.Where(name => name is not ("." or "..")));
            types.AddRange(HostileTypes.Where(_ => choose.Percent(30)));
        }

        List<string> keys =
        [
            "flags", "region", "exit_code", "error_type", .. traits.HasFlag(Traits.CaseOfNames) ? ["arch"] : (string[])[],
            .. hostile ? ["Flags", "ключ", "a.b", "name2"] : (string[])[],
        ];
        List<string> values = [.. Numbered("v", choose.Between(1, 20)), .. hostile ? Hostile : []];
        return new(subjects, types, versions, users, keys, values, SomeMachines(choose, traits), ["dotnet/1.0.0", "node/2.1"]);
    }

    private static List<string> Numbered(string prefix, int count) => [.. Enumerable.Range(0, count).Select(i => prefix + i)];

    private static void Mix(Chooser choose, List<string> names, IEnumerable<string> hostile)
    {
        foreach (var name in hostile)
        {
            if (choose.Percent(40) && !names.Contains(name))
                names.Insert(choose.Below(names.Count + 1), name);
        }
    }

    private static List<Machine> SomeMachines(Chooser choose, Traits traits)
    {
        var missing = traits.HasFlag(Traits.MissingContext);
        List<string> systems = ["linux", "windows", "macos"];
        if (traits.HasFlag(Traits.CaseOfNames))
            systems.AddRange("Linux", "LINUX", "Windows", "macOS");
        List<string> actors = ["human", "ci", "agent"];
        if (traits.HasFlag(Traits.HostileNames))
            actors.AddRange("Human", "(none)", "robot");
        return [.. Enumerable.Range(0, choose.Between(1, 8)).Select(_ => new Machine(
            Maybe(choose.Of(systems)), Maybe(choose.Of((string[])["x64", "arm64"])), Maybe("dotnet " + choose.Between(8, 10)),
            Maybe(choose.Of(actors)), choose.Percent(20))
        {
            OsVersion = Half(["6.1", "22.04", "10.0.19045.2"]),
            Agent = Half(["claude-code", "cursor"]),
            CiName = Half(["github-actions", "gitlab"]),
            Shell = Half(["bash", "zsh", "Bash"]),
            Terminal = choose.Percent(50) ? choose.Percent(50) : null,
        })];

        string? Half(string[] values) => choose.Percent(50) ? choose.Of(values) : null;

        string? Maybe(string value) => missing && choose.Percent(40) ? null : value;
    }
}
