using System.Threading.Channels;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Mail;

/// <summary>
/// Letters on their way. They are made here too, and not in the request that asks for one: whether an account exists decides what is written, and neither
/// the answer nor its time may tell. What is still here when the process is killed is lost, and people ask for the mail again.
/// </summary>
internal sealed partial class Outbox(IMailer mailer, TimeProvider time, ILogger<Outbox> log) : BackgroundService
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30)];

    private readonly Channel<Func<CancellationToken, Task<Letter?>>> _waiting =
        Channel.CreateBounded<Func<CancellationToken, Task<Letter?>>>(new BoundedChannelOptions(Limits.WaitingMails) { SingleReader = true });

    /// <summary>Sends a letter.</summary>
    public void Send(Letter letter) => Send(_ => Task.FromResult<Letter?>(letter));

    /// <summary>Makes a letter later, if there is one to make, and sends it.</summary>
    public void Send(Func<CancellationToken, Task<Letter?>> make)
    {
        if (!_waiting.Writer.TryWrite(make))
            LogFull(log);
    }

    /// <summary>Sends what waits, as far as the host's patience goes.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        if (ExecuteTask is { } running)
            await Task.WhenAny(running, Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var make in _waiting.Reader.ReadAllAsync(CancellationToken.None))
            await SendAsync(make, stoppingToken);
    }

    private async Task SendAsync(Func<CancellationToken, Task<Letter?>> make, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (await make(cancellationToken) is not { } letter)
                    return;
                var (failure, detail) = await mailer.SendAsync(letter, cancellationToken);
                if (failure is null)
                    LogSent(log, letter.Kind, detail);
                if (failure is not { } fault)
                    return;
                if (fault.IsPermanent() || attempt == Pauses.Length)
                {
                    LogLost(log, detail);
                    return;
                }

                LogRetry(log, detail);
            }
            catch (StorageUnavailableException e) when (attempt < Pauses.Length)
            {
                LogRetry(log, e.GetType().Name);
            }

            await Task.Delay(Pauses[attempt], time, CancellationToken.None);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A mail ({Kind}) went to {Where}")]
    private static partial void LogSent(ILogger log, string kind, string where);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A mail could not be sent ({Fault}); it is tried again")]
    private static partial void LogRetry(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "A mail could not be sent ({Fault}) and is given up")]
    private static partial void LogLost(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Too many mails wait to be sent; one more was refused")]
    private static partial void LogFull(ILogger log);
}
