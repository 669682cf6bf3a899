using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TelemetryKit.Api.Settings;

/// <summary>The command line of the program: the server, <c>--help</c>, <c>--version</c> and the operator's commands.</summary>
internal sealed class ServerCommand
{
    private const string About = "TelemetryKit: usage analytics for people who publish CLIs, libraries, SDKs and component libraries.";

    private const string More = """
        Each setting can also be set by an environment variable. So can those of ASP.NET, such as:
          Logging__Console__FormatterName   json writes logs as JSON lines
          Logging__LogLevel__Default        Debug, Information, Warning … (default: Information)

        A key is tk_live_, tk_test_ or tk_read_ and 32 characters of 0-9A-Za-z.
        Without bootstrap keys, the first start creates keys and prints them once.

        """;

    // Response files are disabled: an argument that begins with @ is more likely a password.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    private readonly RootCommand _root = new(About) { TreatUnmatchedTokensAsErrors = false };
    private readonly Option<bool> _demo = new("--demo")
    {
        Description = "Fill a project \"demo\" with 90 days of events, and print its keys.",
    };
    private readonly Dictionary<string, Option<string[]>> _settings = [];

    /// <summary>Creates the options.</summary>
    /// <param name="commands">The commands in addition to the server.</param>
    public ServerCommand(params IReadOnlyList<Command> commands)
    {
        _root.Directives.Clear();
        _root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
        var help = _root.Options.OfType<HelpOption>().Single();
        help.Action = new PrintHelp((HelpAction)help.Action!);
        _root.Add(_demo);
        foreach (var setting in KnownSettings.All)
        {
            // If it is given several times, the last value applies.
            var option = new Option<string[]>("--" + setting.Name)
            {
                Description = setting.Description, HelpName = setting.Value, Arity = ArgumentArity.OneOrMore,
            };
            _settings.Add(setting.Name, option);
            _root.Add(option);
        }

        foreach (var command in commands)
            _root.Add(command);
        _root.SetAction(_ => 0);
    }

    /// <summary>
    /// Runs the server or a command. Returns the exit code, which is <see cref="SettingFaults.ExitCode"/> if arguments are invalid.
    /// </summary>
    /// <param name="args">The arguments.</param>
    /// <param name="server">Runs the server, and reports the faults of its command line.</param>
    /// <param name="output">Receives help and the output of commands.</param>
    /// <param name="errors">Receives faults.</param>
    public async Task<int> RunAsync(IReadOnlyList<string> args, Func<CommandLine, Task<int>> server, TextWriter output, TextWriter errors)
    {
        var parsed = _root.Parse(args, Parsing);
        var command = parsed.CommandResult.Command;
        if (command == _root && (parsed.Action is ParseErrorAction || parsed.Action == _root.Action))
            return await server(Read(parsed));

        // Only the server accepts other arguments than its options: settings of the framework.
        List<string> faults = [];
        if (command != _root)
            faults.AddRange(parsed.UnmatchedTokens.Select(token => $"\"{token}\" is neither a command nor an option."));
        if (parsed.Action is ParseErrorAction)
            faults.AddRange(parsed.Errors.Select(error => error.Message));
        if (faults.Count == 0)
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors });
        foreach (var fault in faults)
            await errors.WriteLineAsync(fault);
        await errors.WriteLineAsync("See --help.");
        return SettingFaults.ExitCode;
    }

    /// <summary>Parses the arguments of the server.</summary>
    public CommandLine Read(IReadOnlyList<string> args) => Read(_root.Parse(args, Parsing));

    private CommandLine Read(ParseResult parsed)
    {
        List<string> settings = [], faults = [.. parsed.Errors.Select(error => error.Message)];
        // GetValue throws for options with errors.
        var isValid = faults.Count == 0;
        foreach (var (name, option) in isValid ? _settings : [])
        {
            if (parsed.GetValue(option) is [.., var value])
                settings.Add($"--{name}={value}");
        }

        CommandLine.ReadFrameworkSettings(parsed.UnmatchedTokens, settings, faults);
        return new() { Demo = isValid && parsed.GetValue(_demo), Rest = [.. settings], Faults = faults };
    }

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(ServerVersion.Text);
            return 0;
        }
    }

    private sealed class PrintHelp(HelpAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var exit = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command is RootCommand)
                parseResult.InvocationConfiguration.Output.Write(More);
            return exit;
        }
    }
}
