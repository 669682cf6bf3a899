using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>The audit log of each tenant. It only grows; lines go with their tenant.</summary>
public interface IAuditLog
{
    /// <summary>Adds a line about something that changes nothing else in the store.</summary>
    Task AddAsync(Guid tenantId, AuditLine line, CancellationToken cancellationToken);

    /// <summary>A page of the log, newest first.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="before">Only lines before this one; <c>null</c> for the first page.</param>
    /// <param name="limit">Most lines.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IReadOnlyList<AuditEntry>> ReadAsync(Guid tenantId, Guid? before, int limit, CancellationToken cancellationToken);
}

/// <summary>The keys with which ASP.NET protects what it hands out, as XML; in the store, so that replicas share them.</summary>
public interface IDataProtectionKeys
{
    /// <summary>All of them.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Adds one.</summary>
    Task AddAsync(string name, string xml, DateTimeOffset now, CancellationToken cancellationToken);
}
