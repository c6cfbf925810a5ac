using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Connect.Testing;

namespace Connect.Sandbox.Tests.Honesty;

/// <summary>Somebody else's stand-in for Stripe, the npm package <c>stripe-stateful-mock</c>, on a free loopback port.</summary>
public sealed class MockOfOthers : IAsyncLifetime
{
    private Process? _process;

    public string BaseUrl { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var modules = await Comparands.FolderAsync();
        var port = FreePort.Next();
        _process = Process.Start(new ProcessStartInfo("node", [Path.Combine(modules, "stripe-stateful-mock", "autostart.js")])
        {
            Environment = { ["PORT"] = $"{port}", ["LOG_LEVEL"] = "silent" }, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        BaseUrl = $"http://127.0.0.1:{port}";
        using var http = new HttpClient();
        await StripeSandbox.StripeSandboxHost.UntilAsync(async () =>
        {
            try
            {
                using var anyAnswer = await http.GetAsync(BaseUrl);
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    public async Task DisposeAsync()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
