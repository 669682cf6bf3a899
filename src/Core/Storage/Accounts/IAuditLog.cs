using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>The audit logs of tenants. Entries are only appended, and are deleted with their tenant.</summary>
public interface IAuditLog
{
    /// <summary>Adds an entry about an action that changes nothing else in the store.</summary>
    Task AddAsync(Guid tenantId, AuditLine line, CancellationToken cancellationToken);

    /// <summary>Returns a page of the log, newest entries first.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="before">Returns only entries before this one; <c>null</c> for the first page.</param>
    /// <param name="limit">The maximum number of entries.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<AuditEntry>> ReadAsync(Guid tenantId, Guid? before, int limit, CancellationToken cancellationToken);
}

/// <summary>The keys of ASP.NET Core data protection, as XML. They are stored so that replicas share them.</summary>
public interface IDataProtectionKeys
{
    /// <summary>Returns all keys.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Adds a key.</summary>
    Task AddAsync(string name, string xml, DateTimeOffset now, CancellationToken cancellationToken);
}
