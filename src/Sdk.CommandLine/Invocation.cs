using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;

namespace TelemetryKit.CommandLine;

/// <summary>Reads the names that the author defined from a parsed command line, but nothing that the user typed.</summary>
internal static class Invocation
{
    /// <summary>The name of the root command. Its actual name is that of the executable file, which users may rename.</summary>
    private const string Root = "(root)";

    /// <summary>Returns whether the invocation counts as usage. Shell completions and the telemetry command do not.</summary>
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
    /// Returns the command's full name, such as <c>remote add</c>. An option that is executed instead of the command is part of the name,
    /// as in <c>remote add --help</c>, so that showing help does not count as running the command.
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

    /// <summary>Returns the names of the options that the user specified, sorted. Aliases are replaced by the option's name.</summary>
    public static string[] OptionsOf(ParseResult parseResult) =>
        [.. Options(parseResult).Select(option => option.Option.Name).Distinct().OrderBy(name => name, StringComparer.Ordinal)];

    private static IEnumerable<OptionResult> Options(ParseResult parseResult) =>
        Commands(parseResult).SelectMany(command => command.Children).OfType<OptionResult>().Where(option => !option.Implicit);

    /// <summary>Returns the command and its parents; the root command is the last one.</summary>
    private static IEnumerable<CommandResult> Commands(ParseResult parseResult)
    {
        for (SymbolResult? result = parseResult.CommandResult; result is not null; result = result.Parent)
        {
            if (result is CommandResult command)
                yield return command;
        }
    }
}
