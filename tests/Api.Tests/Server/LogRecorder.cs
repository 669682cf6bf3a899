using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TelemetryKit.Api.Tests.Server;

/// <summary>Records all log messages with their scopes.</summary>
public sealed class LogRecorder : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> _lines = new();
    private IExternalScopeProvider? _scopes;

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Logger(LogRecorder recorder, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => recorder._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var scopes = "";
            recorder._scopes?.ForEachScope((scope, _) => scopes += " " + scope, 0);
            recorder._lines.Enqueue($"{logLevel} {category} {formatter(state, exception)} {exception}{scopes}");
        }
    }
}
