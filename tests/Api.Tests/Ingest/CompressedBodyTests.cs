using System.IO.Compression;
using System.Text;
using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Api.Ingest;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Tests.Ingest;

public sealed class CompressedBodyTests(SharedServer shared)
{
    private readonly TestServer _server = shared.Server;

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    [InlineData("identity")]
    public async Task A_compressed_batch_is_accepted(string coding)
    {
        var project = await _server.NewProjectAsync();
        var response = await SendAsync(project, coding, Compress(coding, Encoding.UTF8.GetBytes(TestProject.Batch(900))));
        Assert.Equal(900, (int?)(await response.JsonAsync(200))["accepted"]);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_decompression_bomb_is_rejected_at_the_limit(string coding)
    {
        var project = await _server.NewProjectAsync();
        // 200 MiB of blanks in some kilobytes.
        var bomb = Compress(coding, new byte[200 * 1024 * 1024]);
        Assert.InRange(bomb.Length, 1, Limits.BodyBytes);
        await (await SendAsync(project, coding, bomb)).IsProblemAsync(413, "body_too_large");
        using var metrics = new TelemetryKitMetrics();
        using var body = new DecompressedBody(
            new(bomb), ContentCodings.Of(coding), new UnpackedBudget(new SourceHasher(TimeProvider.System), metrics), default);
        Assert.Equal("body_too_large", body.Problem?.Kind.Code);
        Assert.InRange(body.Unpacked, Limits.DecompressedBodyBytes, Limits.DecompressedBodyBytes * 1.1);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_body_with_another_coding_than_its_header_is_rejected(string coding)
    {
        var project = await _server.NewProjectAsync();
        await (await SendAsync(project, coding, Encoding.UTF8.GetBytes(TestProject.OneEvent))).IsProblemAsync(400, "invalid_encoding");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    public async Task A_body_that_ends_too_early_or_too_late_is_rejected(string coding)
    {
        var project = await _server.NewProjectAsync();
        var whole = Compress(coding, Encoding.UTF8.GetBytes(TestProject.Batch(100)));
        byte[][] wrong = [whole[..(whole.Length / 2)], whole[..^8], whole[..^4], whole[..^1], [.. whole, 0], [.. whole, .. whole]];
        foreach (var body in wrong)
            await (await SendAsync(project, coding, body)).IsProblemAsync(400, "invalid_encoding");
        Assert.Equal(100, (int?)(await (await SendAsync(project, coding, whole)).JsonAsync(200))["accepted"]);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    [InlineData("compress")]
    public async Task Other_codings_are_rejected(string coding)
    {
        var project = await _server.NewProjectAsync();
        await (await SendAsync(project, coding, [1, 2, 3])).IsProblemAsync(415, "unsupported_encoding");
    }

    [Fact]
    public void All_memory_of_the_budget_is_released()
    {
        using var metrics = new TelemetryKitMetrics();
        var budget = new UnpackedBudget(new SourceHasher(TimeProvider.System), metrics, limit: 1024 * 1024);
        var owner = new BodyOwner(Guid.NewGuid(), Guid.NewGuid(), null);
        var fits = Compress("gzip", new byte[1000 * 1000]);
        using (var body = new DecompressedBody(new(fits), ContentCoding.Gzip, budget, owner))
        {
            Assert.Equal(1000 * 1000, body.Bytes.Length);
            Assert.Equal(1000 * 1000, budget.Taken);
            using var tooMuch = new DecompressedBody(new(Compress("gzip", new byte[100 * 1000])), ContentCoding.Gzip, budget, owner);
            Assert.Equal("overloaded", tooMuch.Problem?.Kind.Code);
        }

        Assert.Equal(0, budget.Taken);
    }

    private static byte[] Compress(string coding, byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = coding.ToLowerInvariant() switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Fastest),
            "br" => new BrotliStream(compressed, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(compressed, CompressionLevel.Fastest),
            "raw deflate" => new DeflateStream(compressed, CompressionLevel.Fastest),
            _ => new BufferedStream(compressed),
        })
        {
            stream.Write(bytes);
        }

        return compressed.ToArray();
    }

    private Task<HttpResponseMessage> SendAsync(TestProject project, string coding, byte[] body)
    {
        var request = Request.Ingest(project.LiveKey, body);
        request.Content!.Headers.TryAddWithoutValidation("Content-Encoding", coding.Replace("raw ", "", StringComparison.Ordinal));
        return _server.Client.SendAsync(request);
    }
}
