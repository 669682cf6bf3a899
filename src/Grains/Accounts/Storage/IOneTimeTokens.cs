namespace TelemetryKit.Grains.Accounts.Storage;

/// <summary>What links in mails carry, by SHA-256.</summary>
public interface IOneTimeTokens
{
    /// <summary>Stores a token. One that changes an address voids those that did so before.</summary>
    Task AddAsync(OneTimeToken token, CancellationToken cancellationToken);

    /// <summary>Looks at a token without using it.</summary>
    Task<OneTimeToken?> FindAsync(byte[] hash, TokenPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes a token: of callers at the same time, one gets it and the others <c>null</c>, as for any unknown, used or expired one.</summary>
    Task<OneTimeToken?> UseAsync(byte[] hash, TokenPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken);
}
