using System.Net.Mail;
using System.Threading.Channels;
using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

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
                var where = await mailer.SendAsync(letter, cancellationToken);
                LogSent(log, letter.Kind, where);
                return;
            }
            catch (Exception e) when (attempt < Pauses.Length && IsPassing(e) && !cancellationToken.IsCancellationRequested)
            {
                LogRetry(log, e.GetType().Name);
                await Task.Delay(Pauses[attempt], time, CancellationToken.None);
            }
            catch (Exception e)
            {
                // The text of a mail server's refusal repeats the address, so only its kind is told.
                LogLost(log, e is SmtpException smtp ? $"{e.GetType().Name} {smtp.StatusCode}" : e.GetType().Name);
                return;
            }
        }
    }

    private static bool IsPassing(Exception e) => e is SmtpException or IOException or StorageUnavailableException or OperationCanceledException;

    [LoggerMessage(Level = LogLevel.Information, Message = "A mail ({Kind}) went to {Where}")]
    private static partial void LogSent(ILogger log, string kind, string where);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A mail could not be sent ({Fault}); it is tried again")]
    private static partial void LogRetry(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "A mail could not be sent ({Fault}) and is given up")]
    private static partial void LogLost(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Too many mails wait to be sent; one more was refused")]
    private static partial void LogFull(ILogger log);
}
