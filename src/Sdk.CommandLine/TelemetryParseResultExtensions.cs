using System.CommandLine;
using System.Runtime.ExceptionServices;

namespace TelemetryKit.CommandLine;

/// <summary>
/// Invokes commands and records them: <c>return await rootCommand.Parse(args).InvokeAsync(telemetry);</c>
/// </summary>
/// <remarks>
/// Records the command's full name, its duration, its outcome and the names of the specified options. The values of options, arguments and
/// anything else that the user typed are not recorded.
/// </remarks>
public static class TelemetryParseResultExtensions
{
    /// <summary>Like <see cref="ParseResult.Invoke"/>, and records the command.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="parseResult"/> is null.</exception>
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

    /// <summary>Like <see cref="ParseResult.InvokeAsync"/>, and records the command.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="parseResult"/> is null.</exception>
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
    /// Returns a command that throws the exception, so that System.CommandLine's handler shows it to the user as usual.
    /// </summary>
    private static ParseResult Show(Exception exception)
    {
        var command = new Command("failed");
        command.SetAction((Action<ParseResult>)(_ => ExceptionDispatchInfo.Capture(exception).Throw()));
        return command.Parse([]);
    }

    /// <summary>Disables the default exception handler until it is disposed, so that exceptions can be recorded.</summary>
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
