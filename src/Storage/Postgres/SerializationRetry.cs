using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Retries repeatable-read transactions.</summary>
internal static class SerializationRetry
{
    private const int Attempts = 5;

    /// <summary>Runs a transaction, and runs it again with a new snapshot if another transaction changed rows of its snapshot.</summary>
    public static async Task<T> RunAsync<T>(Func<Task<T>> transact)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await transact();
            }
            catch (StorageUnavailableException fault)
                when (attempt < Attempts && fault.InnerException is { } inner && PostgresFaults.IsSerialization(inner))
            {
            }
        }
    }
}
