using System.Security.Claims;
using Connect.Api.Composition;
using Connect.Api.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.Tokens;

namespace Connect.Api.Auth;

/// <summary>
/// Sign-in: a request with an Authorization header is judged by its bearer token, any other by the cookie of the web pages.
/// Both carry the claims of <see cref="Caller"/>.
/// </summary>
public static class SignIn
{
    /// <summary>The page that signed-out people are sent to.</summary>
    public const string Page = "/sign-in";

    private const string Either = "bearer-or-cookie";

    /// <summary>Adds the schemes, the authorization services and the keys that protect cookies.</summary>
    public static void AddSignIn(this IHostApplicationBuilder builder)
    {
        var key = SigningKey.Load(builder.Configuration);
        builder.Services.AddSingleton(key).AddSingleton<Tokens>();
        builder.Services.AddDataProtection().SetApplicationName("connect-credits")
            .PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(DataDirectory.Of(builder.Configuration), "keys")));
        builder.Services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, options => options.ForwardDefaultSelector = context =>
                context.Request.Headers.Authorization.Count > 0 ? JwtBearerDefaults.AuthenticationScheme : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddJwtBearer(options => Configure(options, key))
            .AddCookie(Configure);
        builder.Services.AddAuthorization();
        builder.Services.AddCascadingAuthenticationState();
    }

    /// <summary>Signs a person in on this browser: sets the cookie.</summary>
    public static Task SignInWithCookie(this HttpContext context, Caller caller) =>
        context.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme,
            new(new ClaimsIdentity(caller.ToClaims(), CookieAuthenticationDefaults.AuthenticationScheme, Caller.NameClaim, Caller.RoleClaim)));

    private static void Configure(JwtBearerOptions options, SigningKey key)
    {
        options.TimeProvider = TimeProvider.System;
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new()
        {
            ValidIssuer = Tokens.Issuer,
            ValidAudience = Tokens.Issuer,
            IssuerSigningKey = key.Key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            NameClaimType = Caller.NameClaim,
            RoleClaimType = Caller.RoleClaim,
        };
        options.Events = new()
        {
            OnChallenge = challenge =>
            {
                challenge.HandleResponse();
                challenge.Response.Headers.WWWAuthenticate = "Bearer";
                return Refuse.SignInRequired().ToHttp().ExecuteAsync(challenge.HttpContext);
            },
        };
    }

    private static void Configure(CookieAuthenticationOptions options)
    {
        options.TimeProvider = TimeProvider.System;
        options.Cookie.Name = "connect-credits";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.ExpireTimeSpan = Tokens.Lifetime;
        options.SlidingExpiration = true;
        options.LoginPath = Page;
        options.Events.OnRedirectToLogin = redirect => AnswerOrRedirect(redirect, Refuse.SignInRequired());
        options.Events.OnRedirectToAccessDenied = redirect => AnswerOrRedirect(redirect, Refuse.AccountAccessDenied());
    }

    private static Task AnswerOrRedirect(RedirectContext<CookieAuthenticationOptions> redirect, Problem problem)
    {
        if (redirect.Request.Path.StartsWithSegments("/v1"))
            return problem.ToHttp().ExecuteAsync(redirect.HttpContext);
        redirect.Response.Redirect(redirect.RedirectUri);
        return Task.CompletedTask;
    }
}
