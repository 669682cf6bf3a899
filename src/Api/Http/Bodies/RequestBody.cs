using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>
/// The complete body of a request in Kestrel's pooled memory, without a copy, or the problem with it. Disposing returns the memory. A small
/// body that is complete at the first read (the usual case) needs no lease: it is held only while a thread processes its request.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private readonly PipeReader _reader;
    private BodyLease? _lease;

    private RequestBody(PipeReader reader) => _reader = reader;

    /// <summary>The bytes. They are valid until this object is disposed.</summary>
    public ReadOnlySequence<byte> Bytes { get; private set; }

    /// <summary>The problem with the body, or <c>null</c> if it was read.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>The number of bytes that have arrived, also of a body with a problem.</summary>
    public long Received { get; private set; }

    /// <summary>Reads the body. Sets <see cref="Problem"/> if it is too large, too slow or malformed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="budget">The budget that bounds the memory of bodies.</param>
    /// <param name="owner">The owner that the memory is charged to.</param>
    /// <param name="limit">The maximum length in bytes.</param>
    /// <exception cref="BadHttpRequestException">The body contradicts its headers.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, BodyBudget budget, BodyOwner owner, int limit)
    {
        var body = new RequestBody(request.BodyReader);
        if (request.ContentLength > limit)
        {
            body.Problem = TooLarge(limit);
            return body;
        }

        // Kestrel's minimum rate is an average since the start, so a body that began fast could stall for a long time. BodyLease.Watch
        // replaces it.
        request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        try
        {
            await body.ReadToEndAsync(budget, owner, limit);
            return body;
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            body.Problem = TooLarge(limit);
            return body;
        }
        catch (IOException e) when (e is not BadHttpRequestException and not ConnectionResetException)
        {
            // Kestrel throws it for chunks with an invalid size.
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
            // A body that has already arrived can't stall.
            if (!_reader.TryRead(out var result))
            {
                _lease ??= budget.Open(owner);
                _lease.Watch(_reader);
                result = await _reader.ReadAsync();
            }

            var buffer = result.Buffer;
            Received = buffer.Length;
            Problem = Check(buffer.Length, result.IsCompleted);
            if (Problem is null && result.IsCompleted)
            {
                Bytes = buffer;
                return;
            }

            // The read may also have been cancelled because the server stops. Then reading continues.
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
