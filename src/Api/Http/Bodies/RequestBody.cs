using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>
/// A request's body as it came, read whole into the server's own pooled memory without a copy; or the problem with it. Disposing gives the
/// memory back. A small body that is there at the first read, as most are, needs no account: it is held only while its request runs on a
/// thread.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private readonly PipeReader _reader;
    private BodyLease? _lease;

    private RequestBody(PipeReader reader) => _reader = reader;

    /// <summary>The bytes, until disposed.</summary>
    public ReadOnlySequence<byte> Bytes { get; private set; }

    /// <summary>Why there are none; <c>null</c> if all is well.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>Reads the body, or finds the problem with it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="budget">The memory of bodies.</param>
    /// <param name="owner">On whose account the body is held.</param>
    /// <param name="limit">Bytes it may have.</param>
    /// <exception cref="BadHttpRequestException">It is not what its headers say, or it is larger than the server's own limit.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, BodyBudget budget, BodyOwner owner, int limit)
    {
        var body = new RequestBody(request.BodyReader);
        if (request.ContentLength > limit)
        {
            body.Problem = TooLarge(limit);
            return body;
        }

        // The server's own rate is an average since the start: a body that began fast could then stand still for as long as it liked.
        request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        try
        {
            await body.ReadToEndAsync(budget, owner, limit);
            return body;
        }
        catch (IOException e) when (e is not BadHttpRequestException and not ConnectionResetException)
        {
            // Kestrel throws it for chunks whose size is no number.
            body.Problem = ProblemKind.BadRequest.AsProblem();
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!Bytes.IsEmpty)
            _reader.AdvanceTo(Bytes.End);
        Bytes = default;
        _lease?.Dispose();
    }

    private async ValueTask ReadToEndAsync(BodyBudget budget, BodyOwner owner, int limit)
    {
        while (true)
        {
            // What has arrived already needs no watch.
            if (!_reader.TryRead(out var result))
            {
                _lease ??= budget.Open(owner);
                _lease.Watch(_reader);
                result = await _reader.ReadAsync();
            }

            var buffer = result.Buffer;
            Problem = Check(buffer.Length, result.IsCompleted);
            if (Problem is null && result.IsCompleted)
            {
                Bytes = buffer;
                return;
            }

            // A server that stops wakes up its readers, too; those may go on.
            _reader.AdvanceTo(Problem is null ? buffer.Start : buffer.End, buffer.End);
            if (Problem is not null)
                return;
        }

        Problem? Check(long bytes, bool isWhole)
        {
            if (bytes > limit)
                return TooLarge(limit);
            if (_lease is null && isWhole && bytes <= Limits.SmallBodyBytes)
                return null;
            _lease ??= budget.Open(owner);
            return _lease.TryGrow(bytes, isWhole) ? null : _lease.End!.Problem;
        }
    }

    private static Problem TooLarge(int limit) => ProblemKind.BodyTooLarge.With($"The body is larger than {limit} bytes.");
}
