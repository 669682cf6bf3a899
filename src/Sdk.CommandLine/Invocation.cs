using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;

namespace TelemetryKit.CommandLine;

/// <summary>Reads from a parsed command line what the author named, and nothing that the user typed.</summary>
internal static class Invocation
{
    /// <summary>The root command's own name would be that of the executable file, which users may rename.</summary>
    private const string Root = "(root)";

    /// <summary>Whether somebody used the tool: not when a shell asks for completions or a user looks at telemetry itself.</summary>
    public static bool IsUsage(ParseResult parseResult)
    {
        foreach (var command in Commands(parseResult))
        {
            if (command.Command is TelemetryCommand)
                return false;
        }

        return parseResult.RootCommandResult.Command is not RootCommand root
            || !root.Directives.Any(directive => directive is SuggestDirective && parseResult.GetResult(directive) is not null);
    }

    /// <summary>
    /// The command's full name: <c>remote add</c>. An option that runs in the command's place is a part of it, <c>remote add --help</c>,
    /// so that looking at the help does not count as running the command.
    /// </summary>
    public static string NameOf(ParseResult parseResult)
    {
        var names = Commands(parseResult).Where(command => command.Parent is not null).Select(command => command.Command.Name).Reverse();
        var name = string.Join(" ", names);
        if (name.Length == 0)
            name = Root;
        var instead = Options(parseResult).FirstOrDefault(option => option.Option.Action is { Terminating: true });
        return instead is null ? name : name + " " + instead.Option.Name;
    }

    /// <summary>The names of the options that the user gave, in order; an alias counts as the option it stands for.</summary>
    public static string[] OptionsOf(ParseResult parseResult) =>
        [.. Options(parseResult).Select(option => option.Option.Name).Distinct().OrderBy(name => name, StringComparer.Ordinal)];

    private static IEnumerable<OptionResult> Options(ParseResult parseResult) =>
        Commands(parseResult).SelectMany(command => command.Children).OfType<OptionResult>().Where(option => !option.Implicit);

    /// <summary>The command and those it is a subcommand of, the root last.</summary>
    private static IEnumerable<CommandResult> Commands(ParseResult parseResult)
    {
        for (SymbolResult? result = parseResult.CommandResult; result is not null; result = result.Parent)
        {
            if (result is CommandResult command)
                yield return command;
        }
    }
}
