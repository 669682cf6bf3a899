using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Shares;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>
/// The complete body of a request in Kestrel's pooled memory, without a copy, or the problem with it. Disposing returns the memory. A small
/// body that is complete at the first read (the usual case) needs no lease: it is held only while a thread processes its request.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private readonly HttpRequest _request;
    private readonly PipeReader _reader;
    private readonly BodyBudget _budget;
    private readonly BodyOwner _owner;
    private readonly int _limit;
    private BodyLease? _lease;

    /// <summary>Creates the body of a request. It isn't read yet.</summary>
    /// <param name="request">The request.</param>
    /// <param name="budget">The budget that bounds the memory of bodies.</param>
    /// <param name="owner">The owner that the memory is charged to.</param>
    /// <param name="limit">The maximum length in bytes.</param>
    public RequestBody(HttpRequest request, BodyBudget budget, BodyOwner owner, int limit) =>
        (_request, _reader, _budget, _owner, _limit) = (request, request.BodyReader, budget, owner, limit);

    /// <summary>The bytes. They are valid until this object is disposed.</summary>
    public ReadOnlySequence<byte> Bytes { get; private set; }

    /// <summary>The problem with the body, or <c>null</c> if it was read.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>Whether the body was ended for a reason that concerns its sender, and not the process as a whole.</summary>
    public bool ExceedsShare => _lease?.End is { } end && end != BodyEnd.Of(PartyKind.Process);

    /// <summary>The number of bytes that have arrived, also of a body with a problem or that ended early.</summary>
    public long Received { get; private set; }

    /// <summary>Reads the body. Sets <see cref="Problem"/> if it is too large, too slow or malformed.</summary>
    /// <exception cref="BadHttpRequestException">The body contradicts its headers.</exception>
    /// <exception cref="ConnectionResetException">The client has disconnected.</exception>
    public async ValueTask ReadAsync()
    {
        if (_request.ContentLength > _limit)
        {
            Problem = TooLarge(_limit);
            return;
        }

        // Kestrel's minimum rate is an average since the start, so a body that began fast could stall for a long time. BodyLease.Watch
        // replaces it.
        _request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        try
        {
            await ReadToEndAsync();
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            Problem = TooLarge(_limit);
        }
        catch (IOException e) when (e is not BadHttpRequestException and not ConnectionResetException)
        {
            // Kestrel throws it for chunks with an invalid size.
            Problem = ProblemKind.BadRequest.AsProblem();
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

    private async ValueTask ReadToEndAsync()
    {
        long yieldedAt = 0;
        while (true)
        {
            // A body that has already arrived can't stall.
            if (!_reader.TryRead(out var result))
            {
                _lease ??= _budget.Open(_owner);
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
            if (Received - yieldedAt < Limits.SmallBodyBytes)
                continue;
            // A body that arrives as fast as it is read would keep the thread from other connections.
            yieldedAt = Received;
            await Task.Yield();
        }

        Problem? Check(long bytes, bool isWhole)
        {
            if (bytes > _limit)
                return TooLarge(_limit);
            if (_lease is null && isWhole && bytes <= Limits.SmallBodyBytes)
                return null;
            _lease ??= _budget.Open(_owner);
            return _lease.TryGrow(bytes, isWhole) ? null : _lease.End!.Problem;
        }
    }

    private static Problem TooLarge(int limit) => ProblemKind.BodyTooLarge.With($"The body is larger than {limit} bytes.");
}
