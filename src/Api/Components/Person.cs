using Connect.Api.Auth;
using Microsoft.AspNetCore.Components.Authorization;

namespace Connect.Api.Components;

/// <summary>Who looks at the pages.</summary>
public sealed class Person(AuthenticationStateProvider authentication)
{
    /// <summary>The person signed in, or null.</summary>
    public async Task<Caller?> Get() => Caller.From((await authentication.GetAuthenticationStateAsync()).User);
}
