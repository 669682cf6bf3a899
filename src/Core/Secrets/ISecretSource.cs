namespace TelemetryKit.Core.Secrets;

/// <summary>The place where the server's secret is kept.</summary>
public interface ISecretSource
{
    /// <summary>Names the place, as the subject of a sentence for the operator.</summary>
    string Description { get; }

    /// <summary>Returns the secrets, or <c>null</c> if none was created yet.</summary>
    /// <exception cref="ServerSecretException">The secret can't be read.</exception>
    ServerSecrets? Find();

    /// <summary>Returns the secrets. Creates a secret if there is none. Safe to call from many processes at once.</summary>
    /// <exception cref="ServerSecretException">The secret can't be read, or can't be kept in this place.</exception>
    ServerSecrets Create();
}
