using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace Connect.Browser.Tests;

/// <summary>The built program as its own process, on a free port, with a data directory of its own that is gone afterwards.</summary>
public sealed partial class CreditsServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _data;
    private readonly List<string> _output = [];
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CreditsServer(Process process, string data) => (_process, _data) = (process, data);

    /// <summary>Its address, without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts it and waits until the demo account is there.</summary>
    public static Task<CreditsServer> Start() => Start("http://127.0.0.1:0", Directory.CreateTempSubdirectory("credits-browser-").FullName);

    /// <summary>Kills it; its data stays for <see cref="Restart"/>.</summary>
    public async Task Kill()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>A new process at the same address with the same data.</summary>
    public Task<CreditsServer> Restart() => Start(Address, _data);

    private static async Task<CreditsServer> Start(string address, string data)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../src/Api/bin", configuration, "net10.0"));
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "Credits.Api.dll")])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["ASPNETCORE_URLS"] = address, ["Credits__DataDirectory"] = data, ["Support__Email"] = "help@connect.example" },
        };
        var server = new CreditsServer(new() { StartInfo = start }, data);
        await server.Run();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        _process.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private async Task Run()
    {
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(_listening.Task, ended).WaitAsync(Patience) == ended)
            throw new InvalidOperationException("The program ended:\n" + Heard());
        Address = await _listening.Task;

        using var client = new HttpClient();
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while ((await client.GetAsync(new Uri(Address + "/health/ready"), patience.Token)).StatusCode != HttpStatusCode.OK)
        {
            if (patience.IsCancellationRequested)
                throw new TimeoutException("The program is not ready:\n" + Heard());
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    private string Heard()
    {
        lock (_output)
            return string.Join('\n', _output);
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.Add(line);
        if (ListeningLine().Match(line) is { Success: true } match)
            _listening.TrySetResult(match.Groups["address"].Value);
    }

    [GeneratedRegex("Now listening on: (?<address>http://[0-9.:]+)")]
    private static partial Regex ListeningLine();
}
