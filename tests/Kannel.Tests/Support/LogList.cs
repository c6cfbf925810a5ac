using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Connect.Kannel.Tests.Support;

/// <summary>Keeps what is logged: level and words.</summary>
internal sealed class LogList : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Words)> lines = new();

    public IReadOnlyList<(LogLevel Level, string Words)> Lines => [.. lines];

    public ILogger<T> Of<T>() => new Logger<T>(new LoggerFactory([this]));

    public ILogger CreateLogger(string categoryName) => new List(lines);

    public void Dispose()
    {
    }

    private sealed class List(ConcurrentQueue<(LogLevel, string)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((logLevel, $"{formatter(state, exception)} {exception}"));
    }
}
