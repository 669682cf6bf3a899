using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Ingest;

/// <summary>A request's body as it came, read whole into the server's own pooled memory without a copy.</summary>
internal sealed class RequestBody : Body
{
    private readonly PipeReader _reader;

    private RequestBody(PipeReader reader, BodyBudget budget)
        : base(budget) => _reader = reader;

    /// <summary>Reads the body, or finds the problem with it.</summary>
    /// <exception cref="BadHttpRequestException">It is not what its headers say, or it is larger than the server's limit or slower than its minimum rate.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, BodyBudget budget, TimeProvider time)
    {
        var body = new RequestBody(request.BodyReader, budget);
        if (request.ContentLength > Limits.BodyBytes)
        {
            body.Problem = ProblemKind.BodyTooLarge.With($"The body is larger than {Limits.BodyBytes} bytes.");
            return body;
        }

        Deadline? deadline = null;
        try
        {
            while (true)
            {
                // What has arrived already needs no timer.
                if (!body._reader.TryRead(out var result))
                {
                    deadline ??= new Deadline(body._reader, time);
                    result = await body._reader.ReadAsync();
                }

                // A server that stops wakes its readers, too; those may go on.
                if (result.IsCanceled && deadline is { HasPassed: true })
                {
                    body._reader.AdvanceTo(result.Buffer.Start);
                    body.Problem = ProblemKind.RequestTimeout.With($"The body took longer than {Limits.BodyTime.TotalSeconds:0} seconds to arrive.");
                    return body;
                }

                body.Bytes = result.Buffer;
                if (!body.TakeUpTo(result.Buffer.Length) || result.IsCompleted)
                    return body;
                body.Bytes = default;
                body._reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        catch (IOException e) when (e is not BadHttpRequestException and not ConnectionResetException)
        {
            // Kestrel says so of chunks whose size is no number.
            body.Problem = ProblemKind.BadRequest.AsProblem();
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
        finally
        {
            deadline?.Dispose();
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        if (!Bytes.IsEmpty)
            _reader.AdvanceTo(Bytes.End);
        base.Dispose();
    }

    // Wakes the reader up instead of cancelling its token, which would leave it in the middle of a read.
    private sealed class Deadline : IDisposable
    {
        private readonly CancellationTokenSource _timer;
        private readonly CancellationTokenRegistration _registration;

        public Deadline(PipeReader reader, TimeProvider time)
        {
            _timer = new CancellationTokenSource(Limits.BodyTime, time);
            _registration = _timer.Token.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
        }

        public bool HasPassed => _timer.IsCancellationRequested;

        public void Dispose()
        {
            _registration.Dispose();
            _timer.Dispose();
        }
    }
}
