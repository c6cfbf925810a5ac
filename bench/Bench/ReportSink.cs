using Connect.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Connect.Bench;

/// <summary>Answers every delivery report with 200 and keeps none.</summary>
public sealed class ReportSink : IAsyncDisposable
{
    private readonly WebApplication app;

    private ReportSink(WebApplication app, string url) => (this.app, Url) = (app, url);

    /// <summary>Where it listens.</summary>
    public string Url { get; }

    /// <summary>Starts it on a free port.</summary>
    public static async Task<ReportSink> Start()
    {
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        app.Run(_ => Task.CompletedTask);
        await app.StartAsync();
        return new ReportSink(app, url);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();
}
