namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>
/// What is sent once, also with several replicas. A notice is claimed, sent and then marked: while a claim runs nobody else sends it, and one whose claimer failed or died
/// is claimed again. Only a process that dies between its mail server's answer and the mark makes a second one.
/// </summary>
public interface ISentNotices
{
    /// <summary>Claims a notice: of all who ask, one gets <c>true</c>, and sends it. Nobody does once it was sent.</summary>
    /// <param name="notice">Which.</param>
    /// <param name="now">Now.</param>
    /// <param name="until">When the claim runs out.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<bool> TryClaimAsync(Notice notice, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Notes that it was sent.</summary>
    Task MarkSentAsync(Notice notice, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Gives a claim back: it could not be sent, and may be tried again from <paramref name="from"/> on.</summary>
    Task ReleaseAsync(Notice notice, DateTimeOffset from, CancellationToken cancellationToken);
}

/// <summary>Something that a tenant is told once.</summary>
/// <param name="TenantId">Who.</param>
/// <param name="Kind">What about.</param>
/// <param name="Period">Once in which period, such as <c>2026-11</c>.</param>
public sealed record Notice(Guid TenantId, string Kind, string Period);
