using System.CommandLine;
using System.Runtime.ExceptionServices;

namespace TelemetryKit.CommandLine;

/// <summary>
/// Runs a command and records that it ran: <c>return await rootCommand.Parse(args).InvokeAsync(telemetry);</c>
/// </summary>
/// <remarks>
/// Recorded are the command's full name, how long it took, how it ended, and the names of the options that were given. Neither
/// the options' values nor arguments nor anything else the user typed is recorded.
/// </remarks>
public static class TelemetryParseResultExtensions
{
    /// <summary>As <see cref="ParseResult.Invoke"/>, and records the command.</summary>
    public static int Invoke(this ParseResult parseResult, ITelemetryClient telemetry, InvocationConfiguration? configuration = null)
    {
        if (parseResult is null)
            throw new ArgumentNullException(nameof(parseResult));
        configuration ??= new();
        using var record = CommandRecord.Begin(parseResult, telemetry);
        try
        {
            using (new UnhandledExceptions(configuration))
                return record.Exited(parseResult.Invoke(configuration));
        }
        catch (Exception e)
        {
            record.Failed(e);
            if (!configuration.EnableDefaultExceptionHandler)
                throw;
            return Show(e).Invoke(configuration);
        }
    }

    /// <summary>As <see cref="ParseResult.InvokeAsync"/>, and records the command.</summary>
    public static async Task<int> InvokeAsync(
        this ParseResult parseResult, ITelemetryClient telemetry, InvocationConfiguration? configuration = null,
        CancellationToken cancellationToken = default)
    {
        if (parseResult is null)
            throw new ArgumentNullException(nameof(parseResult));
        configuration ??= new();
        using var record = CommandRecord.Begin(parseResult, telemetry);
        try
        {
            using (new UnhandledExceptions(configuration))
                return record.Exited(await parseResult.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            record.Failed(e);
            if (!configuration.EnableDefaultExceptionHandler)
                throw;
            return Show(e).Invoke(configuration);
        }
    }

    /// <summary>
    /// A command that only throws the exception: System.CommandLine's own handler then shows it to the user as it does without us.
    /// </summary>
    private static ParseResult Show(Exception exception)
    {
        var command = new Command("failed");
        command.SetAction((Action<ParseResult>)(_ => ExceptionDispatchInfo.Capture(exception).Throw()));
        return command.Parse([]);
    }

    /// <summary>While it lives, exceptions come out of the invocation, so that they can be recorded.</summary>
    private sealed class UnhandledExceptions : IDisposable
    {
        private readonly InvocationConfiguration _configuration;
        private readonly bool _handled;

        public UnhandledExceptions(InvocationConfiguration configuration)
        {
            _configuration = configuration;
            _handled = configuration.EnableDefaultExceptionHandler;
            configuration.EnableDefaultExceptionHandler = false;
        }

        public void Dispose() => _configuration.EnableDefaultExceptionHandler = _handled;
    }
}
