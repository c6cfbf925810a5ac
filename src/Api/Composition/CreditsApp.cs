using System.Text.Json;
using System.Text.Json.Serialization;
using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Components;
using Connect.Api.Endpoints;
using Connect.Api.Idempotency;
using Connect.Api.Problems;
using Connect.Api.Receipts;
using Connect.Api.Sandbox;
using Connect.Api.Webhooks;
using Connect.Silo.Health;

namespace Connect.Api.Composition;

/// <summary>The program put together. Tests build it as it is and only choose address and folder.</summary>
public static class CreditsApp
{
    private const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>Builds the program from its arguments, the environment and the settings files; it serves once it is started.</summary>
    public static WebApplication Build(params string[] args) => Build(_ => { }, args);

    /// <summary>The same, with a last word on its services: a test host may put its own around what is durable or outside.</summary>
    public static WebApplication Build(Action<IServiceCollection> last, params string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = typeof(CreditsApp).Assembly.GetName().Name });
        builder.Configuration[DataDirectory.Setting] = Path.GetFullPath(builder.Configuration[DataDirectory.Setting] ?? "data", builder.Environment.ContentRootPath);
        if (builder.Configuration["urls"] is null or "" && builder.Configuration["http_ports"] is null or "")
            builder.WebHost.UseUrls(DefaultUrl);
        builder.WebHost.UseStaticWebAssets();

        var sandbox = SandboxMode.IsOn(builder.Configuration);
        builder.AddGrains();
        builder.AddSignIn();
        builder.Services.AddApplication();
        builder.Services.AddReceipts(builder.Configuration);
        builder.Services.AddHttp(builder.Configuration);
        builder.Services.AddGatewayCallbacks();
        builder.Services.AddWebUi();
        if (sandbox)
            builder.AddSandbox();
        last(builder.Services);

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages(StatusPages.Answer);
        app.UseAuthentication();
        app.UseCrossSiteRefusal();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseIdempotencyBuffering();
        app.MapCreditsHealth();
        app.MapApi();
        app.MapWebhooks(sandbox);
        app.MapGatewayCallbacks();
        app.MapDocumentation();
        if (sandbox)
            app.MapSandbox();
        else
            app.Map("/sandbox/{**anything}", () => Refuse.NotFound("address").ToHttp()).AllowAnonymous().ExcludeFromDescription();
        app.MapWebUi();
        return app;
    }

    private static void AddHttp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddProblemDetails();
        services.AddExceptionHandler<Faults>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options => Configure(options.SerializerOptions));
        services.AddAccountRateLimit(configuration);
        services.AddDocumentation();
    }

    private static void Configure(JsonSerializerOptions options)
    {
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    }
}
