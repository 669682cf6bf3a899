namespace TelemetryKit.Api.Settings;

/// <summary>The command line, split into our two switches and the <c>--key value</c> pairs that ASP.NET's configuration reads.</summary>
internal sealed record CommandLine
{
    /// <summary><c>--help</c>: say what can be set, and leave.</summary>
    public bool Help { get; private init; }

    /// <summary><c>--demo</c>: fill a demo project.</summary>
    public bool Demo { get; private init; }

    /// <summary>Everything else.</summary>
    public string[] Rest { get; private init; } = [];

    /// <summary>Words that are neither a switch nor part of a pair: ASP.NET would ignore them without a word.</summary>
    public IReadOnlyList<string> Stray { get; private init; } = [];

    /// <summary>Splits the arguments. Switches are taken out here because ASP.NET would read the argument after one as its value.</summary>
    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        List<string> rest = [], stray = [];
        bool help = false, demo = false;
        for (var i = 0; i < args.Count; i++)
        {
            var arg = args[i];
            if (arg is "--help" or "-h" or "-?")
                help = true;
            else if (arg is "--demo")
                demo = true;
            else if (arg.StartsWith("--", StringComparison.Ordinal) && arg.Contains('='))
                rest.Add(arg);
            else if (arg.StartsWith("--", StringComparison.Ordinal) && i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
                rest.AddRange([arg, args[++i]]);
            else
                stray.Add(arg);
        }

        return new CommandLine { Help = help, Demo = demo, Rest = [.. rest], Stray = stray };
    }
}
