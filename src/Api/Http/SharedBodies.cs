namespace TelemetryKit.Api.Http;

/// <summary>The token of an e-mailed link.</summary>
/// <param name="Token">The value after <c>#token=</c> in the link.</param>
internal sealed record TokenBody(string? Token);

/// <summary>A name.</summary>
/// <param name="Name">The name.</param>
internal sealed record NameBody(string? Name);

/// <summary>The amount of deleted data.</summary>
/// <param name="Events">Number of events.</param>
/// <param name="Days">Number of days with counters.</param>
/// <param name="Installs">Number of anonymous installs.</param>
/// <param name="Keys">Number of keys.</param>
internal sealed record RemovedBody(long Events, long Days, long Installs, long Keys)
{
    /// <summary>Creates the body from the store's result.</summary>
    public static RemovedBody Of(Core.Accounts.Removed removed) => new(removed.Events, removed.Days, removed.Installs, removed.Keys);
}
