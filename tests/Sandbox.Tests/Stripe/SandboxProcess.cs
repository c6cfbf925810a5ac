using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Connect.Sandbox.Stripe;
using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

/// <summary>The sandbox as a program of its own, on a free loopback port, which can be killed.</summary>
public sealed class SandboxProcess : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly Process _process;

    private SandboxProcess(Process process, string baseUrl) => (_process, BaseUrl) = (process, baseUrl);

    public string BaseUrl { get; }

    public static async Task<SandboxProcess> StartAsync(string folder, Dictionary<string, string>? settings = null)
    {
        const string announcement = "Now listening on: ";
        var start = new ProcessStartInfo("dotnet", [typeof(StripeSandboxOptions).Assembly.Location])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
            Environment = { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0", ["Sandbox__DataDirectory"] = folder },
        };
        foreach (var (name, value) in settings ?? [])
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            var at = line.IndexOf(announcement, StringComparison.Ordinal);
            if (at < 0)
                continue;

            // Its output has to be read on, or it would stop when the pipe is full.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return new SandboxProcess(process, line[(at + announcement.Length)..].Trim());
        }

        process.Kill();
        throw new InvalidOperationException("The sandbox ended before it listened.");
    }

    public StripeClient NewClient() => new(new StripeClientOptions
    {
        ApiKey = "sk_test_sandbox",
        ApiBase = BaseUrl,
        HttpClient = new SystemNetHttpClient(_http, maxNetworkRetries: 0, appInfo: null, enableTelemetry: false),
    });

    /// <summary>The purchase of every successful charge, more than once if it was charged more than once.</summary>
    public async Task<IReadOnlyList<string>> ChargedPurchasesAsync() =>
    [
        .. (await _http.GetFromJsonAsync<JsonElement>($"{BaseUrl}/charges-summary")).GetProperty("charges").EnumerateArray()
            .Select(charge => charge.GetProperty("purchaseId").GetString()!),
    ];

    /// <summary>Ends it at once, as kill -9 does.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }
}
