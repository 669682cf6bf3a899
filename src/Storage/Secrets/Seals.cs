using System.Text;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Storage.Projects;

namespace TelemetryKit.Storage.Secrets;

/// <summary>
/// Seals and opens the columns that a copy of the database must not reveal: the secrets of projects, the keys of data protection, and
/// the private keys of receipts.
/// </summary>
internal sealed class Seals(ISecretSource source)
{
    private const string TextPrefix = "sealed:";

    private ServerSecrets? _secrets;

    /// <summary>The place where the server's secret is kept, as the subject of a sentence.</summary>
    public string Place => source.Description;

    private ServerSecrets Secrets =>
        Find() ?? throw new InvalidOperationException("The store was used before it was migrated: the server has no secret yet.");

    /// <summary>Returns the server's secrets, or <c>null</c> if none was created yet.</summary>
    /// <exception cref="ServerSecretException">The secret can't be read.</exception>
    public ServerSecrets? Find() => _secrets ??= source.Find();

    /// <summary>Returns the server's secrets. Creates a secret if there is none.</summary>
    /// <exception cref="ServerSecretException">The secret can't be read or created.</exception>
    public ServerSecrets Create() => _secrets ??= source.Create();

    /// <summary>Returns the column <c>projects.sealed_secret</c>.</summary>
    public byte[] SealProject(Guid projectId, ReadOnlySpan<byte> secret) => Secrets.Seal(secret, PlaceOfProject(projectId));

    /// <summary>Returns the secret of a project from its column.</summary>
    /// <exception cref="ServerSecretException">It was sealed with a secret that this process doesn't have.</exception>
    public byte[] OpenProject(Guid projectId, ReadOnlySpan<byte> column) => Secrets.Open(column, PlaceOfProject(projectId));

    /// <summary>
    /// Returns the column of a project sealed with the current secret, or <c>null</c> if it is already. Earlier versions stored the plain
    /// secret.
    /// </summary>
    /// <exception cref="ServerSecretException">It was sealed with a secret that this process doesn't have.</exception>
    public byte[]? ResealProject(Guid projectId, byte[] column)
    {
        if (Secrets.IsCurrent(column))
            return null;
        return SealProject(projectId, column.Length == NewProject.SecretLength ? column : OpenProject(projectId, column));
    }

    /// <summary>Returns the column <c>data_protection_keys.sealed_xml</c>.</summary>
    public string SealKey(string name, string xml) =>
        TextPrefix + Convert.ToBase64String(Secrets.Seal(Encoding.UTF8.GetBytes(xml), PlaceOfKey(name)));

    /// <summary>Returns the XML of a data-protection key from its column.</summary>
    /// <exception cref="ServerSecretException">It was sealed with a secret that this process doesn't have.</exception>
    public string OpenKey(string name, string column) => Encoding.UTF8.GetString(Secrets.Open(Unframe(column), PlaceOfKey(name)));

    /// <summary>
    /// Returns the column of a data-protection key sealed with the current secret, or <c>null</c> if it is already. Earlier versions stored
    /// plain XML.
    /// </summary>
    /// <exception cref="ServerSecretException">It was sealed with a secret that this process doesn't have.</exception>
    public string? ResealKey(string name, string column)
    {
        if (!column.StartsWith(TextPrefix, StringComparison.Ordinal))
            return SealKey(name, column);
        return Secrets.IsCurrent(Unframe(column)) ? null : SealKey(name, OpenKey(name, column));
    }

    /// <summary>Returns the column <c>receipt_keys.sealed_key</c>.</summary>
    public byte[] SealReceiptKey(string id, ReadOnlySpan<byte> privateKey) => Secrets.Seal(privateKey, PlaceOfReceiptKey(id));

    /// <summary>Returns the private key from its column.</summary>
    /// <exception cref="ServerSecretException">It was sealed with a secret that this process doesn't have.</exception>
    public byte[] OpenReceiptKey(string id, ReadOnlySpan<byte> column) => Secrets.Open(column, PlaceOfReceiptKey(id));

    /// <summary>Returns the column sealed with the current secret, or <c>null</c> if it is already.</summary>
    /// <exception cref="ServerSecretException">It was sealed with a secret that this process doesn't have.</exception>
    public byte[]? ResealReceiptKey(string id, byte[] column) =>
        Secrets.IsCurrent(column) ? null : SealReceiptKey(id, OpenReceiptKey(id, column));

    private static byte[] Unframe(string column) => Convert.FromBase64String(column[TextPrefix.Length..]);

    private static byte[] PlaceOfProject(Guid projectId) => [.. "project:"u8, .. projectId.ToByteArray(bigEndian: true)];

    private static byte[] PlaceOfReceiptKey(string id) => Encoding.UTF8.GetBytes("receipt-key:" + id);

    private static byte[] PlaceOfKey(string name) => Encoding.UTF8.GetBytes("data-protection-key:" + name);
}
