using System.Security.Cryptography;
using TelemetryKit.Core;
using TelemetryKit.Core.Keys;

namespace TelemetryKit.Api.WarmUp;

/// <summary>The only key of a rehearsal, of a project and a tenant that don't exist.</summary>
internal sealed class RehearsalKey : IKeyLookup
{
    private readonly byte[] _hash;
    private readonly ProjectKey _key;

    public RehearsalKey(TimeProvider time)
    {
        Text = ApiKey.Generate(KeyKind.Live);
        _hash = ApiKey.Hash(Text);
        var now = time.GetUtcNow();
        var project = new Project(
            new(Guid.CreateVersion7(now), Guid.CreateVersion7(now)), nameof(Rehearsal), RandomNumberGenerator.GetBytes(32), null, null);
        _key = new(Guid.CreateVersion7(now), KeyKind.Live, project);
    }

    /// <summary>The key.</summary>
    public string Text { get; }

    public Task<ProjectKey?> FindKeyAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult(hash.AsSpan().SequenceEqual(_hash) ? _key : null);
}
