using Connect.Api.Components.Live;
using Microsoft.AspNetCore.Diagnostics;
using MudBlazor.Services;

namespace Connect.Api.Components;

/// <summary>The web pages: interactive, rendered on the server, over the same application layer as the HTTP API.</summary>
public static class WebUi
{
    // A pasted list of recipients travels in one message; larger lists come as a file, in slices.
    private const long MaxMessageBytes = 4 * 1024 * 1024;

    private static readonly string[] ProgramPaths = ["/v1", "/sandbox", "/health", "/webhooks", "/gateways", "/openapi", "/docs", "/_framework", "/_content", "/_blazor"];

    /// <summary>Registers what the pages need.</summary>
    public static IServiceCollection AddWebUi(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(options => options.MaximumReceiveMessageSize = MaxMessageBytes);
        services.AddMudServices();
        return services.AddScoped<Person>().AddScoped<LocalTime>().AddScoped<CreditsFeed>().AddScoped<AlertsFeed>();
    }

    /// <summary>Maps the pages and their files. Call it after authentication and authorization were put in place.</summary>
    public static void MapWebUi(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use((http, next) =>
        {
            if (!IsPage(http))
                http.Features.Get<IStatusCodePagesFeature>()!.Enabled = false;
            return next(http);
        });
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }

    // Programs get their own answers on their own addresses.
    private static bool IsPage(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) && !Array.Exists(ProgramPaths, path => http.Request.Path.StartsWithSegments(path));
}
