namespace TelemetryKit.Core.Secrets;

/// <summary>
/// The secrets that a process has: the current one, which seals, and during a rotation a second one, which only opens. A sealed value
/// begins with the number of its format (1) and the id of its secret.
/// </summary>
public sealed class ServerSecrets : ISecretSource
{
    private const byte Format = 1;
    private const int PrefixLength = 1 + ServerSecret.IdLength;

    private readonly ServerSecret? _previous;
    private readonly byte[] _prefix;

    /// <summary>Creates the secrets.</summary>
    /// <param name="current">The current secret.</param>
    /// <param name="previous">The other secret of a rotation, or <c>null</c>.</param>
    public ServerSecrets(ServerSecret current, ServerSecret? previous = null)
    {
        ArgumentNullException.ThrowIfNull(current);
        (Current, _previous, _prefix) = (current, previous, [Format, .. current.Id]);
    }

    /// <summary>The secret that seals.</summary>
    public ServerSecret Current { get; }

    /// <summary>Returns whether a value is sealed with the current secret.</summary>
    public bool IsCurrent(ReadOnlySpan<byte> value) => value.StartsWith(_prefix);

    /// <inheritdoc/>
    public string Description => "TELEMETRYKIT_SECRET";

    /// <inheritdoc/>
    public ServerSecrets Find() => this;

    /// <inheritdoc/>
    public ServerSecrets Create() => this;

    /// <summary>Returns whether the id is that of one of the secrets.</summary>
    public bool Knows(ReadOnlySpan<byte> id) => ById(id) is not null;

    /// <summary>Seals a value with the current secret.</summary>
    /// <param name="plain">The value.</param>
    /// <param name="place">The row to which the value belongs. The value can't be opened as that of another row.</param>
    public byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> place) => [.. _prefix, .. Current.Seal(plain, place)];

    /// <summary>Opens a value.</summary>
    /// <param name="value">The sealed value.</param>
    /// <param name="place">The row for which it was sealed.</param>
    /// <exception cref="ServerSecretException">It was sealed with a secret that this process doesn't have.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It was altered, or is that of another row.</exception>
    public byte[] Open(ReadOnlySpan<byte> value, ReadOnlySpan<byte> place)
    {
        var secret = value.Length >= PrefixLength && value[0] == Format ? ById(value[1..PrefixLength]) : null;
        return secret is null
            ? throw new ServerSecretException(
                "A value in the database is sealed with a secret that this process doesn't have. If the secret was changed, "
                + "set TELEMETRYKIT_SECRET_PREVIOUS to the former one.")
            : secret.Open(value[PrefixLength..], place);
    }

    private ServerSecret? ById(ReadOnlySpan<byte> id) =>
        id.SequenceEqual(Current.Id) ? Current : _previous is not null && id.SequenceEqual(_previous.Id) ? _previous : null;
}
