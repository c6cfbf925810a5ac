using Connect.Api.Problems;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Connect.Api.Auth;

/// <summary>
/// Keeps pages of other sites, and of other ports of this host, from changing anything under /v1 with a person's cookie. SameSite does not: to a cookie all ports are one site.
/// Browsers say in Sec-Fetch-Site whose page asks; programs that hold the cookie send no such header.
/// </summary>
internal static class CrossSite
{
    private const string Header = "Sec-Fetch-Site";

    /// <summary>Refuses such requests. Runs after authentication, which tells whether the cookie or a token speaks for the caller.</summary>
    public static IApplicationBuilder UseCrossSiteRefusal(this IApplicationBuilder app) => app.Use((context, next) =>
        Changes(context.Request) && ByCookie(context) && FromElsewhere(context.Request) ? Refuse.CrossSiteRequest().ToHttp().ExecuteAsync(context) : next(context));

    private static bool Changes(HttpRequest request) => request.Path.StartsWithSegments("/v1")
        && !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method) || HttpMethods.IsTrace(request.Method));

    private static bool ByCookie(HttpContext context) => context.User.Identities.Any(identity => identity.AuthenticationType == CookieAuthenticationDefaults.AuthenticationScheme);

    // "none" is a person's own doing, such as an address typed in.
    private static bool FromElsewhere(HttpRequest request) =>
        request.Headers.TryGetValue(Header, out var site) && site.ToString() is not ("same-origin" or "none");
}
