namespace TelemetryKit;

/// <summary>Runs commands and records them with their duration and outcome.</summary>
public static class TelemetryClientExtensions
{
    /// <summary>
    /// Runs a command and records it. It succeeds if the returned exit code is 0; see <see cref="TelemetryOperation.Exited"/>. An exception
    /// is recorded by its type and thrown again; an <see cref="OperationCanceledException"/> means that the user cancelled the command.
    /// </summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> or <paramref name="action"/> is null.</exception>
    public static int Run(
        this ITelemetryClient client, string command, Func<TelemetryOperation, int> action, TelemetryMetadata? metadata = null)
    {
        using var operation = Begin(client, command, action, metadata);
        try
        {
            return Exited(operation, action(operation));
        }
        catch (Exception e)
        {
            Failed(operation, e);
            throw;
        }
    }

    /// <summary>
    /// Runs a command without an exit code and records it. It succeeds unless it throws or sets another outcome of the operation.
    /// </summary>
    /// <returns>0, or the exit code that was set with <see cref="TelemetryOperation.Failed(int)"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> or <paramref name="action"/> is null.</exception>
    public static int Run(
        this ITelemetryClient client, string command, Action<TelemetryOperation> action, TelemetryMetadata? metadata = null)
    {
        if (action is null)
            throw new ArgumentNullException(nameof(action));
        return client.Run(
            command,
            operation =>
            {
                action(operation);
                return operation.ExitCode;
            },
            metadata);
    }

    /// <inheritdoc cref="Run(ITelemetryClient, string, Func{TelemetryOperation, int}, TelemetryMetadata?)" />
    public static async Task<int> RunAsync(
        this ITelemetryClient client, string command, Func<TelemetryOperation, Task<int>> action, TelemetryMetadata? metadata = null)
    {
        using var operation = Begin(client, command, action, metadata);
        try
        {
            return Exited(operation, await action(operation).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            Failed(operation, e);
            throw;
        }
    }

    /// <inheritdoc cref="Run(ITelemetryClient, string, Action{TelemetryOperation}, TelemetryMetadata?)" />
    public static Task<int> RunAsync(
        this ITelemetryClient client, string command, Func<TelemetryOperation, Task> action, TelemetryMetadata? metadata = null)
    {
        if (action is null)
            throw new ArgumentNullException(nameof(action));
        return client.RunAsync(
            command,
            async operation =>
            {
                await action(operation).ConfigureAwait(false);
                return operation.ExitCode;
            },
            metadata);
    }

    private static TelemetryOperation Begin(ITelemetryClient client, string command, Delegate action, TelemetryMetadata? metadata)
    {
        if (client is null)
            throw new ArgumentNullException(nameof(client));
        if (action is null)
            throw new ArgumentNullException(nameof(action));
        var operation = client.TrackCommand(command, metadata);
        // The shared operation has no outcome, but the exit code is needed also if nothing is recorded.
        return ReferenceEquals(operation, TelemetryOperation.None) ? TelemetryOperation.Unrecorded() : operation;
    }

    private static int Exited(TelemetryOperation operation, int exitCode)
    {
        // An outcome that the command has set itself takes precedence.
        if (!operation.HasOutcome)
            operation.Exited(exitCode);
        return exitCode;
    }

    private static void Failed(TelemetryOperation operation, Exception exception)
    {
        if (exception is OperationCanceledException)
            operation.Cancelled();
        else
            operation.Failed(exception);
    }
}
