using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TelemetryKit.Platform;
using TelemetryKit.Queue;

namespace TelemetryKit.Context;

/// <summary>
/// The anonymous id of a tool's installation, which is derived from a random secret of its own. Who has the secret can prove that the id is
/// theirs, and have its data erased. Neither contains anything about the machine, the user or the network, and the ids of two tools cannot
/// be correlated.
/// </summary>
internal sealed class Installation
{
    public const int SecretBytes = 32;
    private const int SecretLength = 43;
    private const int LockAttempts = 500;
    private const int LockDelayMs = 10;
    private const int IdLength = 64;
    private const int HoldAttempts = 50;

    private Installation(string? secret, string userId, bool isNew)
    {
        Secret = secret;
        UserId = userId;
        IsNew = isNew;
    }

    /// <summary>The secret, in base64url; null if it is not stored.</summary>
    public readonly string? Secret;

    public readonly string UserId;

    /// <summary>Whether this run created the id.</summary>
    public readonly bool IsNew;

    /// <summary>Creates an id that is not stored, for runs without a home directory.</summary>
    public static Installation Transient() => new(null, Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N"), true);

    /// <summary>Returns the installation with a secret that another process has created.</summary>
    public static Installation Of(string secret, string serviceName) => new(secret, UserIdOf(secret, serviceName), false);

    /// <summary>Reads the id, or creates one.</summary>
    /// <exception cref="IOException">The files cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the files.</exception>
    /// <exception cref="FormatException">Another process has just written an invalid file.</exception>
    public static Installation Load(string root, string serviceFolder, string serviceName)
    {
        // The id is stored, because loading the system's cryptography would cost a short-lived tool milliseconds on each run. Its line
        // ends with a checksum of the secret that it was derived from, because the secret may have been replaced.
        var path = IdPath(serviceFolder);
        var secret = ReadSecret(serviceFolder);
        SmallFile.TryRead(path, out var stored);
        if (secret is not null && stored.Length > IdLength && stored.Substring(IdLength) == IdEnd(secret)
            && stored.Substring(0, IdLength) is var id && IsId(id))
            return new(secret, id, false);

        PrivateFiles.CreateDirectory(root);
        PrivateFiles.CreateDirectory(serviceFolder);
        var isNew = secret is null;
        secret ??= CreateSecret(serviceFolder, ref isNew);
        var userId = UserIdOf(secret, serviceName);
        PrivateFiles.WriteAllText(path, userId + IdEnd(secret));
        return new(secret, userId, isNew);
    }

    /// <summary>Reads the secret, in base64url. Returns null if there is none that is valid.</summary>
    public static string? ReadSecret(string serviceFolder)
    {
        SmallFile.TryRead(SecretPath(serviceFolder), out var text);
        return IsSecret(text) ? text.Trim() : null;
    }

    /// <summary>
    /// Opens the secret so that an erasure waits until the file is closed, see <see cref="WaitForSenders"/>. Returns false if there is a
    /// secret that cannot be read.
    /// </summary>
    /// <param name="serviceFolder">The folder of the tool's installation.</param>
    /// <param name="secret">The secret; null if there is none.</param>
    /// <param name="held">The file; null if there is no secret.</param>
    public static bool TryHold(string serviceFolder, out string? secret, out IDisposable? held)
    {
        var path = SecretPath(serviceFolder);
        held = null;
        for (var attempt = 1; attempt <= HoldAttempts; attempt++)
        {
            secret = ReadSecret(serviceFolder);
            if (secret is null && !File.Exists(path))
                return true;
            try
            {
                if (secret is not null)
                {
                    var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
                    // Between the two steps of opening and locking, the user may have had the secret forgotten.
                    if (ReadSecret(serviceFolder) == secret)
                    {
                        held = file;
                        return true;
                    }

                    file.Dispose();
                    continue;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It was deleted, or another process is writing it.
            }

            Thread.Sleep(LockDelayMs);
        }

        secret = null;
        return false;
    }

    /// <summary>
    /// Waits until no process sends events under the id of a secret that was forgotten. Gives up after a time: a process may be suspended.
    /// </summary>
    public static async Task WaitForSenders(string serviceFolder, string secret, TimeSpan longest)
    {
        var path = ForgottenPath(serviceFolder, secret);
        var waited = Stopwatch.StartNew();
        while (File.Exists(path) && !TryDeleteForgotten(path) && waited.Elapsed < longest)
            await Task.Delay(LockDelayMs).ConfigureAwait(false);
    }

    /// <summary>Stores when the user asked for an erasure: processes that are running drop what they recorded before.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the file.</exception>
    public static void AskErasure(string serviceFolder, DateTimeOffset now)
    {
        var path = AskedPath(serviceFolder);
        if (!File.Exists(path))
            PrivateFiles.OpenExclusive(path, FileMode.OpenOrCreate).Dispose();
        File.SetLastWriteTimeUtc(path, now.UtcDateTime);
    }

    /// <summary>Whether the user ever asked for an erasure. Otherwise all ids are those of this installation.</summary>
    public static bool WasErasureAsked(string serviceFolder) => File.Exists(AskedPath(serviceFolder));

    /// <summary>Returns when the user last asked for an erasure; a time long ago if that was never.</summary>
    public static DateTime ErasureAskedAt(string serviceFolder) => File.GetLastWriteTimeUtc(AskedPath(serviceFolder));

    /// <summary>
    /// Deletes the secret and the id. The next run creates others. While a process sends events under the id, the secret is kept under
    /// another name, under which none finds it: see <see cref="WaitForSenders"/>.
    /// </summary>
    /// <exception cref="IOException">The files cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not delete the files.</exception>
    public static void Forget(string serviceFolder)
    {
        if (!Directory.Exists(serviceFolder))
            return;
        // The id first: without it, an interrupted call leaves a secret from which it is derived again.
        File.Delete(IdPath(serviceFolder));
        if (ReadSecret(serviceFolder) is not { } secret)
        {
            File.Delete(SecretPath(serviceFolder));
            return;
        }

        var forgotten = ForgottenPath(serviceFolder, secret);
        PrivateFiles.Rename(SecretPath(serviceFolder), forgotten);
        TryDeleteForgotten(forgotten);
    }

    /// <summary>Returns the id that belongs to a secret. See <c>spec/vectors/erasure.json</c>.</summary>
    /// <exception cref="FormatException">The secret is not the base64url of 32 bytes.</exception>
    public static string UserIdOf(string secret, string serviceName)
    {
        if (!Base64Url.TryDecode(secret, SecretBytes, out var bytes))
            throw new FormatException("The secret is not the base64url of 32 bytes.");
        var prefix = Encoding.UTF8.GetBytes("telemetrykit:user:" + serviceName + ":");
        var text = new byte[prefix.Length + bytes.Length];
        prefix.CopyTo(text, 0);
        bytes.CopyTo(text, prefix.Length);
#if NET
        var hash = SHA256.HashData(text);
#else
        using var sha = SHA256.Create();
        var hash = sha.ComputeHash(text);
#endif
        var id = new StringBuilder(IdLength);
        foreach (var part in hash)
            id.Append(part.ToString("x2", CultureInfo.InvariantCulture));
        return id.ToString();
    }

    private static string IdEnd(string secret) => " " + ChecksumOf(secret);

    private static string ChecksumOf(string secret)
    {
        var bytes = Encoding.ASCII.GetBytes(secret);
        return Checksum.Of(bytes, 0, bytes.Length).ToString("x16", CultureInfo.InvariantCulture);
    }

    private static string IdPath(string serviceFolder) => Path.Combine(serviceFolder, "user-id");

    public static string SecretPath(string serviceFolder) => Path.Combine(serviceFolder, "erasure-secret");

    private static string ForgottenPath(string serviceFolder, string secret) =>
        Path.Combine(serviceFolder, "erase-left-" + ChecksumOf(secret));

    private static string AskedPath(string serviceFolder) => Path.Combine(serviceFolder, "erase-asked");

    /// <summary>Deletes a forgotten secret, unless a process holds it.</summary>
    private static bool TryDeleteForgotten(string path)
    {
        try
        {
            using (PrivateFiles.OpenExclusive(path, FileMode.Open))
                File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string CreateSecret(string serviceFolder, ref bool isNew)
    {
        var bytes = new byte[SecretBytes];
        using (var random = RandomNumberGenerator.Create())
            random.GetBytes(bytes);
        var created = Base64Url.Encode(bytes);
        if (TryLock(serviceFolder, out var first) is { } file)
        {
            using (file)
            {
                // Another process may have created it since. Of several that start together the first one wins.
                if (file.Length == SecretLength && Read(file) is var stored && IsSecret(stored))
                {
                    isNew = false;
                    return stored;
                }

                Write(file, SecretPath(serviceFolder), created);
                return created;
            }
        }

        if (first is not null)
        {
            isNew = false;
            return first;
        }

        // It is a pipe, or belongs to another user.
        PrivateFiles.WriteAllText(SecretPath(serviceFolder), created);
        return created;
    }

    /// <summary>
    /// Opens the secret so that no other process can. Returns null if another process has created it, or if it is no file that the user may
    /// write.
    /// </summary>
    /// <param name="serviceFolder">The folder of the tool's installation.</param>
    /// <param name="created">The secret, if another process has created it meanwhile; otherwise null.</param>
    private static FileStream? TryLock(string serviceFolder, out string? created)
    {
        var path = SecretPath(serviceFolder);
        created = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var file = PrivateFiles.OpenExclusive(path, FileMode.OpenOrCreate);
                if (file.CanSeek)
                    return file;
                file.Dispose();
                return null;
            }
            catch (IOException) when (attempt < LockAttempts && File.Exists(path))
            {
                // Another process is writing it; the lock ends with that process. Or others have it open while they send, one after
                // another without a pause: they have written it.
                if (ReadSecret(serviceFolder) is { } secret)
                {
                    created = secret;
                    return null;
                }

                Thread.Sleep(LockDelayMs);
            }
            catch (UnauthorizedAccessException) when (File.Exists(path))
            {
                return null;
            }
        }
    }

    private static string Read(FileStream file)
    {
        var bytes = new byte[SecretLength];
        var read = 0;
        while (read < bytes.Length && file.Read(bytes, read, bytes.Length - read) is > 0 and var more)
            read += more;
        return Encoding.ASCII.GetString(bytes, 0, read);
    }

    /// <summary>Replaces the content. If it cannot be written, no file is left behind.</summary>
    private static void Write(FileStream file, string path, string secret)
    {
        try
        {
            file.SetLength(0);
            file.Seek(0, SeekOrigin.Begin);
            file.Write(Encoding.ASCII.GetBytes(secret), 0, secret.Length);
            file.Flush();
        }
        catch
        {
            // Also a limit of the file's size, for which .NET throws an ArgumentOutOfRangeException.
            File.Delete(path);
            throw;
        }
    }

    private static bool IsSecret(string text) => Base64Url.TryDecode(text.Trim(), SecretBytes, out _);

    private static bool IsId(string text)
    {
        foreach (var c in text)
        {
            if (c is not ((>= '0' and <= '9') or (>= 'a' and <= 'f')))
                return false;
        }

        return text.Length == IdLength;
    }
}
