using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

/// <summary>A program that takes webhooks on a free loopback port, and keeps what it got.</summary>
public sealed class WebhookInbox : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Body, string Signature)> _letters = new();

    private WebhookInbox(WebApplication app) => _app = app;

    /// <summary>What it answers with.</summary>
    public int Status { get; set; } = 200;

    public string Url => $"{_app.Urls.First()}/hooks";

    public IReadOnlyList<(string Body, string Signature)> Letters => [.. _letters];

    public IReadOnlyList<string> Types => [.. Letters.Select(letter => EventUtility.ParseEvent(letter.Body).Type)];

    public static async Task<WebhookInbox> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var inbox = new WebhookInbox(app);
        app.MapPost("/hooks", inbox.TakeAsync);
        await app.StartAsync();
        return inbox;
    }

    /// <summary>Waits for that many letters.</summary>
    public Task UntilAsync(int letters) => StripeSandboxHost.UntilAsync(() => _letters.Count >= letters);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        _letters.Enqueue((await reader.ReadToEndAsync(), request.Headers["Stripe-Signature"].ToString()));
        return Results.StatusCode(Status);
    }
}
