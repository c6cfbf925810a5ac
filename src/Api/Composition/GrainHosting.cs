using Connect.Silo;

namespace Connect.Api.Composition;

/// <summary>Where the grains are: in this process, or in silos that run on their own.</summary>
internal static class GrainHosting
{
    /// <summary>With PostgreSQL configured this host is a client of separate silos; otherwise it hosts the one silo itself.</summary>
    public static void AddGrains(this WebApplicationBuilder builder)
    {
        if (builder.Configuration["Credits:PostgreSql"] is { Length: > 0 })
            builder.AddCreditsClient();
        else
            builder.AddCreditsSilo();
    }
}
