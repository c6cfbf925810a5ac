using System.Net;
using Connect.Api.Composition;
using Microsoft.AspNetCore.Builder;

namespace Connect.Api.Tests.Support;

/// <summary>The real program on a free port with its own data directory; as production starts it, only the address and the folder are chosen.</summary>
public sealed class RunningApi : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly string directory;
    private readonly bool ownsDirectory;

    private RunningApi(WebApplication app, string directory, bool ownsDirectory) =>
        (this.app, this.directory, this.ownsDirectory) = (app, directory, ownsDirectory);

    public Uri Address => new(app.Urls.First());

    public IServiceProvider Services => app.Services;

    /// <summary>Starts it and waits until it is ready. Without a directory it makes one and removes it at the end.</summary>
    public static async Task<RunningApi> Start(string? directory = null, params string[] settings)
    {
        var data = directory ?? Directory.CreateTempSubdirectory("credits-api-").FullName;
        var app = CreditsApp.Build(["--urls", "http://127.0.0.1:0", $"--Credits:DataDirectory={data}", "--Logging:LogLevel:Default=Error", .. settings]);
        await app.StartAsync();
        var running = new RunningApi(app, data, ownsDirectory: directory is null);
        await running.Ready();
        return running;
    }

    public Client Anonymous() => new(Address, null);

    /// <summary>A client signed in with a bearer token of the sandbox; the account is opened.</summary>
    public async Task<Client> SignIn(string accountId, string role = "admin", string userId = "user-1")
    {
        var reply = await Anonymous().Post("/sandbox/token", new { accountId, userId, role });
        return new(Address, reply.Ok().Text("token"));
    }

    /// <summary>An account with credits, and its admin.</summary>
    public async Task<Client> AccountWith(long credits, string accountId)
    {
        var admin = await SignIn(accountId);
        var staff = await SignIn(accountId, "operator", "operator-1");
        (await staff.Post($"/v1/operator/accounts/{accountId}/grants", new { credits, reason = "for the test" }, key: "first")).Ok();
        return admin;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        if (ownsDirectory)
            Directory.Delete(directory, recursive: true);
    }

    private Task Ready() => Poll.Until(async () => (await Anonymous().Get("/health/ready")).Status == HttpStatusCode.OK, "the program is ready");
}
