using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Connect.Api.Composition;
using Connect.Silo.Gateways.Kannel;
using Connect.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Connect.Kannel.Tests.Support;

/// <summary>The whole program in this process, on an address that is known before it starts, with Kannel as its gateway.</summary>
internal sealed class KannelProgram : IAsyncDisposable
{
    public const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("credits-kannel-program-");
    private WebApplication? app;

    private KannelProgram(Uri url) => Url = url;

    public Uri Url { get; }

    public LogList Log { get; } = new();

    public IServiceProvider Services => app!.Services;

    /// <summary>Where a Kannel sends what phones reply to a program at this address, as its README says.</summary>
    public static string InboundUrl(Uri url) =>
        $"http://kannel:{Secret}@{url.Authority}/gateways/kannel/inbound?from=%p&to=%P&text=%b&charset=%C&at=%T&id=%I";

    /// <summary>Settings for processes of the program with its API at <paramref name="url"/>.</summary>
    public static KeyValuePair<string, string>[] Settings(Uri url, Uri kannel, params (string Key, string Value)[] more) =>
    [
        new("Messaging:Gateway", "Kannel"), new("Kannel:Url", $"{kannel}"), new("Kannel:User", KannelServer.User), new("Kannel:Password", KannelServer.Password), new("Kannel:Sender", "+61480000000"),
        new("Kannel:MaxMessages", "4"), new("Kannel:CallbackUrl", $"{url}"), new("Kannel:CallbackSecret", Secret), .. more.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)),
    ];

    /// <summary>An address for a program that starts later.</summary>
    public static Uri Address() => new($"http://127.0.0.1:{FreePort.Next()}");

    public static Task<KannelProgram> Start(Uri url, Uri kannel, params string[] settings) => Start(url, kannel, _ => { }, settings);

    public static async Task<KannelProgram> Start(Uri url, Uri kannel, Action<IServiceCollection> last, params string[] settings)
    {
        var program = new KannelProgram(url);
        var app = CreditsApp.Build(
            services =>
            {
                services.AddLogging(logging => logging.AddProvider(program.Log).SetMinimumLevel(LogLevel.Information));
                last(services);
            },
            [
                "--urls", url.ToString(), $"--Credits:DataDirectory={program.folder.FullName}", "--Logging:Console:LogLevel:Default=None",
                .. Settings(url, kannel).Select(setting => $"--{setting.Key}={setting.Value}"), .. settings,
            ]);
        program.app = app;
        await app.StartAsync();
        using var http = program.Http();
        await Eventually.True("the program is ready", async () => (await http.GetAsync("/health/ready")).IsSuccessStatusCode);
        return program;
    }

    public HttpClient Http() => new() { BaseAddress = Url };

    /// <summary>What Kannel asks for when it reports about a message.</summary>
    public static string Report(DeliveryTicket ticket, int type, string reason = "") =>
        string.Create(CultureInfo.InvariantCulture, $"{KannelGateway.DeliveryPath}?m={ticket.Sign(Secret)}&t={type}&r={Uri.EscapeDataString(reason)}");

    /// <summary>What Kannel asks for when a phone has sent a message; the text is escaped already.</summary>
    public async Task<HttpResponseMessage> Inbound(string from, string to, string escapedText, string charset = "UTF-8", string? secret = Secret, string id = "")
    {
        using var http = Http();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/gateways/kannel/inbound?from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}&text={escapedText}&charset={charset}&at=1795382606&id={id}");
        if (secret is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"kannel:{secret}")));
        return await http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }
}
