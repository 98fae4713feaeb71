//! Which coordinate system longitudes and latitudes are in: the same degrees lie up to 500 m apart in different ones.

use crate::model::text::fold;

/// A coordinate system (坐标系).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CoordinateSystem {
    /// 2000 国家大地坐标系: what surveying law requires of official data.
    Cgcs2000,
    /// What satellites give.
    Wgs84,
    /// What web maps in China use: displaced.
    Gcj02,
    /// What Baidu's maps use: displaced once more.
    Bd09,
}

use CoordinateSystem as C;

/// Name, then the other words that mean it.
const TABLE: &[(CoordinateSystem, &str, &str)] = &[
    (C::Cgcs2000, "CGCS2000", "cgcs-2000 2000国家大地坐标系 国家2000 国家2000坐标系 2000坐标系 大地2000 epsg:4490"),
    (C::Wgs84, "WGS-84", "wgs84 wgs_84 wgs1984 gps epsg:4326"),
    (C::Gcj02, "GCJ-02", "gcj02 火星坐标系 国测局坐标系 高德坐标系 腾讯坐标系"),
    (C::Bd09, "BD-09", "bd09 bd-09ll bd09ll 百度坐标系"),
];

impl CoordinateSystem {
    /// The names that a catalog may use, the first of each system.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|row| row.1)
    }

    /// Reads a cell of the catalog; `None` for a word that is not in the table.
    #[must_use]
    pub fn parse(cell: &str) -> Option<Self> {
        let word = fold(cell).replace([' ', '　'], "");
        TABLE.iter().find(|row| fold(row.1) == word || row.2.split(' ').any(|known| known == word)).map(|row| row.0)
    }

    /// The name, the same in every language.
    #[must_use]
    pub fn name(self) -> &'static str {
        TABLE.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// The address of its definition, where the register has one. Source: OGC definitions server, EPSG register.
    #[must_use]
    pub fn iri(self) -> Option<&'static str> {
        match self {
            C::Cgcs2000 => Some("http://www.opengis.net/def/crs/EPSG/0/4490"),
            C::Wgs84 => Some("http://www.opengis.net/def/crs/EPSG/0/4326"),
            C::Gcj02 | C::Bd09 => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_catalogs_are_known() {
        for (words, system) in [
            ("CGCS2000 cgcs2000 2000国家大地坐标系 EPSG:4490", C::Cgcs2000),
            ("WGS84 WGS-84 ＷＧＳ８４", C::Wgs84),
            ("GCJ-02 火星坐标系", C::Gcj02),
            ("BD09 百度坐标系", C::Bd09),
        ] {
            for word in words.split(' ') {
                assert_eq!(CoordinateSystem::parse(word), Some(system), "{word}");
            }
        }
        assert_eq!(CoordinateSystem::parse("西安80"), None);
        for name in CoordinateSystem::names() {
            assert_eq!(CoordinateSystem::parse(name).unwrap().name(), name);
        }
    }
}
