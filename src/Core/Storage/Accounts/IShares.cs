using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Sharing;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>The public pages of projects. A deleted project has none.</summary>
public interface IShares
{
    /// <summary>Returns the page of a project, or <c>null</c> if it isn't shared.</summary>
    Task<SharedProject?> FindAsync(Guid projectId, CancellationToken cancellationToken);

    /// <summary>Returns the page with a name, or <c>null</c> if there is none.</summary>
    Task<SharedProject?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Shares a project, or replaces the name and the sections of its page.</summary>
    /// <returns>The page, or <c>null</c> if another project has the name or the project doesn't exist. Then nothing was changed.</returns>
    Task<SharedProject?> SetAsync(SharedProject share, AuditLine line, CancellationToken cancellationToken);

    /// <summary>Removes the page of a project. Its name can then be used by others. Has no effect if there is none.</summary>
    Task RemoveAsync(Guid projectId, AuditLine line, CancellationToken cancellationToken);
}
