using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Backups;

/// <summary>
/// The file of a backup: a ZIP archive with the copy of the database (<c>data</c>) and a manifest with its checksum
/// (<c>manifest.json</c>).
/// </summary>
internal static class BackupFile
{
    private const string Data = "data";
    private const string Manifest = "manifest.json";

    /// <summary>Writes the file under a temporary name beside it, and names it when it is complete and on the disk.</summary>
    /// <param name="file">The path of the file.</param>
    /// <param name="manifest">The manifest without the length and the checksum.</param>
    /// <param name="compression">How the copy is compressed.</param>
    /// <param name="write">Writes the copy.</param>
    /// <param name="cancellationToken">Cancels the backup.</param>
    /// <exception cref="BackupException">The file exists or can't be written.</exception>
    public static async Task<BackupManifest> WriteAsync(
        string file,
        BackupManifest manifest,
        CompressionLevel compression,
        Func<Stream, CancellationToken, Task> write,
        CancellationToken cancellationToken)
    {
        if (File.Exists(file))
            throw new BackupException($"{file} exists. Choose another name.");
        var part = $"{file}.{Guid.NewGuid():N}.part";
        try
        {
            await using (var stream = PrivateFile.Open(part, FileMode.CreateNew))
            {
                using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
                {
                    using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                    await using (var data = new CountingStream(archive.CreateEntry(Data, compression).Open(), hash))
                    {
                        await write(data, cancellationToken);
                        manifest = manifest with { Bytes = data.Count };
                    }

                    manifest = manifest with { Sha256 = Convert.ToHexStringLower(hash.GetCurrentHash()) };
                    await using var description = archive.CreateEntry(Manifest).Open();
                    await JsonSerializer.SerializeAsync(description, manifest, BackupJson.Default.BackupManifest, cancellationToken);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(part, file, overwrite: false);
            return manifest;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{file} can't be written: {fault.Message}", fault);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Reads the manifest, and the whole copy to compare its checksum.</summary>
    /// <exception cref="BackupException">The file can't be read, isn't a backup of this kind of store, or is damaged.</exception>
    public static async Task<BackupManifest> VerifyAsync(string file, string store, int newestSchema, CancellationToken cancellationToken)
    {
        try
        {
            var manifest = await ReadManifestAsync(file, cancellationToken);
            if (manifest.Store != store)
            {
                throw new BackupException(
                    $"{file} is a backup of {Name(manifest.Store)}, and the settings select {Name(store)}. "
                    + "A backup can't change the store.");
            }

            if (manifest.Format > BackupManifest.CurrentFormat || manifest.Schema > newestSchema)
            {
                throw new BackupException(
                    $"{file} was made by the newer version {manifest.Program}, with migration {manifest.Schema:D4} (this program has "
                    + $"{newestSchema:D4}). Restore it with that version.");
            }

            await CopyDataAsync(file, manifest, Stream.Null, cancellationToken);
            return manifest;
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            throw Damaged(file, fault);
        }
    }

    /// <summary>Copies the copy of the database out of the file.</summary>
    /// <exception cref="BackupException">The file is damaged.</exception>
    public static async Task CopyDataAsync(string file, BackupManifest manifest, Stream target, CancellationToken cancellationToken)
    {
        using var archive = await ZipFile.OpenReadAsync(file, cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var entry = archive.GetEntry(Data) ?? throw new InvalidDataException("It has no data.");
        await using var data = await entry.OpenAsync(cancellationToken);
        var buffer = new byte[1 << 20];
        var bytes = 0L;
        while (await data.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            hash.AppendData(buffer, 0, read);
            bytes += read;
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        if (bytes != manifest.Bytes || Convert.ToHexStringLower(hash.GetCurrentHash()) != manifest.Sha256)
            throw new InvalidDataException("The checksum of the data is another one than that of the manifest.");
    }

    private static async Task<BackupManifest> ReadManifestAsync(string file, CancellationToken cancellationToken)
    {
        using var archive = await ZipFile.OpenReadAsync(file, cancellationToken);
        var entry = archive.GetEntry(Manifest) ?? throw new InvalidDataException("It has no manifest.");
        await using var stream = await entry.OpenAsync(cancellationToken);
        return await JsonSerializer.DeserializeAsync(stream, BackupJson.Default.BackupManifest, cancellationToken)
            ?? throw new InvalidDataException("Its manifest is empty.");
    }

    private static bool IsUnreadable(Exception fault) =>
        fault is InvalidDataException or JsonException or IOException or UnauthorizedAccessException;

    private static BackupException Damaged(string file, Exception fault) =>
        new(
            fault is FileNotFoundException or DirectoryNotFoundException
                ? $"{file} doesn't exist."
                : $"{file} is damaged, or it isn't a backup: {fault.Message}",
            fault);

    private static string Name(string store) => store == SqliteBackups.Store ? "SQLite" : "PostgreSQL";

    // Counts and hashes what is written.
    private sealed class CountingStream(Stream inner, IncrementalHash hash) : Stream
    {
        public long Count { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => Count;
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            Count += buffer.Length;
            inner.Write(buffer);
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            hash.AppendData(buffer.Span);
            Count += buffer.Length;
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
