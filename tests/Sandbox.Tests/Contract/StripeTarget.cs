using Connect.Sandbox.Stripe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Stripe;

namespace Connect.Sandbox.Tests.Contract;

/// <summary>
/// The server that the contract is held against: our sandbox, by the real time, unless <c>Stripe__ApiBase</c> and <c>Stripe__ApiKey</c> name another one
/// (Stripe itself with a test key, or anything that says it is compatible).
/// </summary>
public sealed class StripeTarget : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stripe-contract-").FullName;
    private WebApplication? _ours;

    public V1Services Api { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var (apiBase, key) = (Environment.GetEnvironmentVariable("Stripe__ApiBase"), Environment.GetEnvironmentVariable("Stripe__ApiKey"));
        if (string.IsNullOrEmpty(apiBase) != string.IsNullOrEmpty(key))
            throw new InvalidOperationException("Stripe__ApiBase and Stripe__ApiKey are set together or not at all.");
        if (string.IsNullOrEmpty(apiBase))
            (apiBase, key) = (await StartOursAsync(), "sk_test_contract");
        if (!key!.Contains("_test_", StringComparison.Ordinal))
            throw new InvalidOperationException("The contract suite charges cards: it takes test keys only.");
        Api = new StripeClient(new StripeClientOptions { ApiKey = key, ApiBase = apiBase.TrimEnd('/') }).V1;
    }

    public async Task DisposeAsync()
    {
        if (_ours is not null)
        {
            await _ours.StopAsync();
            await _ours.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> StartOursAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddStripeSandbox(options => options.DatabasePath = Path.Combine(_folder, "stripe.db"));
        _ours = builder.Build();
        _ours.MapStripeSandbox("");
        await _ours.StartAsync();
        return _ours.Urls.First();
    }
}
